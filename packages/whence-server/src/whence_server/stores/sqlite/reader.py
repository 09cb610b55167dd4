class SqliteReader:
    def __init__(self, connection): self.connection = connection
