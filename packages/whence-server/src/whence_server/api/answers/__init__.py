"""The shapes of every answer, as pydantic models: they make the OpenAPI document, hot routes never run them."""
