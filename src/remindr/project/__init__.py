"""YAML to policy: find, read, check and start a project."""
