"""The seeded grammar that writes every word the starter model is trained on."""
