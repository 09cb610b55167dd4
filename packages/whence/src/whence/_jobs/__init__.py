"""What a job is (`spec`), and how a block or a function becomes its runs (`runs`)."""
