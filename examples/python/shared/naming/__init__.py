"""The company's rules for names, in a repository of their own."""


def dashed(*parts):
    """acme-orders-queue: what names at AWS look like."""
    return "-".join(str(part).lower().replace("_", "-") for part in parts if part)


def tags(context, stack):
    return {"Namespace": context.namespace, "Stack": stack, "ManagedBy": "platform-team"}
