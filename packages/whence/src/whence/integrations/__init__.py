"""Integrations: what makes requests and tasks of a framework runs of jobs, one line in the host's program each.

asgi (FastAPI, Starlette), wsgi, flask, django, celery. Nothing is imported here, and no integration imports its
framework before the host does.
"""
