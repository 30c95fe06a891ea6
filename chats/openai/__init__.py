"""The door for clients that speak OpenAI's API: characters are its models, and what they remember stands behind it."""
