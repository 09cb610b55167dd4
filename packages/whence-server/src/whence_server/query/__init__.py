"""Questions about the graph: resolve names, walk it within bounds, shape answers. No HTTP, no SQL.

Everything reads through `stores.base.Reader`; answers are plain data (with `orjson.Fragment`s where JSON can be passed
on unread) in the shapes that `api.answers` declares.
"""
