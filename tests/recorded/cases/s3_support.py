"""What S3's cases share."""


def bucket(run, versioned=False, name=None, **more):
    name = name or run.unique("bucket")
    run.s3.create_bucket(Bucket=name, **more)
    if versioned:
        run.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def objects(run, name, *keys, body=b"x", **more):
    for key in keys:
        run.s3.put_object(Bucket=name, Key=key, Body=body, **more)


def status_only(answer):
    return {"StatusCode": answer["ResponseMetadata"]["HTTPStatusCode"]}
