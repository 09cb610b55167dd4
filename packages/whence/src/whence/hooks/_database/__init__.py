"""What the hooks of databases share: following statements and transactions, and where a connection leads."""
