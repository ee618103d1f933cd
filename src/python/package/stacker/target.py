class Target:
    """A name for several stacks."""

    logging = False

    def __init__(self, definition):
        self.name = definition.name
        self.requires = list(definition.requires or [])
        self.required_by = list(definition.required_by or [])
