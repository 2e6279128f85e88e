"""The rate book: one TOML file a profile, each number with its source; read by `transforms.rates`."""
