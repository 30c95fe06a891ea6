"""Pages of accounts, by noun. allauth's are in `urls.entrance` and `urls.settings`, with our templates."""
