"""What the pages show, by noun: rows in, values out."""
