"""From messages to calls and transfers, from configuration to the calls it governs, and the ladder of stages."""
