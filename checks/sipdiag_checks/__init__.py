"""The built-in checks, one a file, in one folder for each family of causes."""
