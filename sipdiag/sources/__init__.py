"""The only readers of inputs: captures, pasted traces, documents."""
