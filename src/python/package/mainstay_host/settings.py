"""What mainstay says once, before anything else."""

directory = "."   # of the configuration
region = ""       # of the run
context = None    # stacker.context.Context of the run
paths = []        # where the configuration's own modules are looked for
