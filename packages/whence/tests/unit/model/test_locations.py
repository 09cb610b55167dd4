from whence.model import DatasetId, dataset_id, table_at_location


def test_a_table_in_files_is_named_by_its_place():
    glue = dataset_id("glue", region="eu-west-1", account="123", database="sales", table="orders")
    made = table_at_location("s3://lake/sales/orders", glue)
    assert made.id == DatasetId("s3://lake", "sales/orders")
    assert made.aliases == (glue,)
    assert made.facets["symlinks"]["identifiers"][0]["type"] == "TABLE"
