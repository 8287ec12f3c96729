"""The only writers: files, captures, archives, baselines, fixes."""
