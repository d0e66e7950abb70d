"""Turns records into what people and programs read: words, tables, JSON, CSV."""
