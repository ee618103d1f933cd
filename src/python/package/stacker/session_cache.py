"""Sessions of boto3 that go where mainstay goes."""

default_profile = None
credential_cache = {}


def get_session(region, profile=None):
    import boto3
    from mainstay_host import aws
    return boto3.Session(region_name=region or None, **aws.keys_for(profile or default_profile))
