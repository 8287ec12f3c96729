"""What is known: facts about configuration, call records and the wire, and pure questions on them."""
