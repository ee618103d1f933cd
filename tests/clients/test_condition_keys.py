"""Each condition key that a request can carry, over the wire: a Deny for its value refuses, one for another value does not.

The rows are by service; data/condition_keys.json says where each key comes from, and a key there without a row here fails.
The keys are those of the Service Authorization Reference.
"""

import json
import pathlib

import pytest
from botocore.exceptions import ClientError
from guarded_support import keys_of

DATA = json.loads((pathlib.Path(__file__).parents[2] / "data/condition_keys.json").read_text())["services"]
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized")
R, A = "us-east-1", "{account}"
LAUNCH = {"ImageId": "ami-0123456789abcdef0", "MinCount": 1, "MaxCount": 1}


def launch(key, value, **more):
    return "ec2", "run_instances", {**LAUNCH, **more}, key, value


def volume(key, value, **ebs):
    """The second of two volumes counts as well as the first."""
    return launch(key, value, BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8}}, {"DeviceName": "/dev/sdb", "Ebs": ebs}])


def change(**record):
    record = {"Name": "Www.Example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}], **record}
    return {"HostedZoneId": "Z1", "ChangeBatch": {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}}


def role(n="r"):
    return f"arn:aws:iam::{A}:role/{n}"


PUT, BUCKET, STACK = {"Bucket": "b", "Key": "k"}, {"Bucket": "b"}, {"StackName": "s", "TemplateURL": "https://b.s3.amazonaws.com/t"}
SECRET, KEY, FUNCTION = {"SecretId": "s"}, {"KeyId": "alias/k"}, {"FunctionName": "f"}
DATABASE = {"DBInstanceIdentifier": "d", "DBInstanceClass": "db.t3.micro", "Engine": "postgres", "DBName": "mine", "MultiAZ": True, "Iops": 3000, "PubliclyAccessible": True,
            "StorageEncrypted": True, "AllocatedStorage": 20, "BackupTarget": "region", "ManageMasterUserPassword": True, "Tags": [{"Key": "team", "Value": "red"}]}
TASK = {"cluster": "main", "taskDefinition": "t", "enableECSManagedTags": True, "enableExecuteCommand": True, "propagateTags": "TASK_DEFINITION",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}}}
DEFINITION = {"family": "t", "cpu": "256", "memory": "512", "requiresCompatibilities": ["EC2"],
              "containerDefinitions": [{"name": "a", "image": "i", "memory": 4, "privileged": True}]}
VPC = f"arn:aws:ec2:{R}:{A}:vpc/vpc-1"
PATTERN = json.dumps({"source": ["aws.health"], "detail-type": ["x"], "detail": {
    "service": ["EC2"], "eventTypeCode": ["code"], "userIdentity": {"principalId": ["p"]}}})
# client, method, parameters, key, value: a text, or a list for keys of many values.
ROWS = [
    ("cloudformation", "create_stack", STACK, "cloudformation:TemplateUrl", STACK["TemplateURL"]),
    ("cloudformation", "create_stack", {**STACK, "RoleARN": role()}, "cloudformation:RoleArn", role()),
    ("cloudformation", "create_stack", {**STACK, "StackPolicyURL": "https://b.s3.amazonaws.com/p"}, "cloudformation:StackPolicyUrl", "https://b.s3.amazonaws.com/p"),
    ("cloudformation", "create_stack", {**STACK, "ResourceTypes": ["AWS::IAM::*"]}, "cloudformation:ResourceTypes", ["AWS::IAM::*"]),
    ("cloudformation", "create_change_set", {**STACK, "ChangeSetName": "mine"}, "cloudformation:ChangeSetName", "mine"),
    ("cloudformation", "create_change_set", {**STACK, "ChangeSetName": "mine", "ResourcesToImport": [
        {"ResourceType": "AWS::S3::Bucket", "LogicalResourceId": "B", "ResourceIdentifier": {"BucketName": "b"}}]}, "cloudformation:ImportResourceTypes", "AWS::S3::Bucket"),
    ("cloudwatch", "put_metric_data", {"Namespace": "Mine", "MetricData": [{"MetricName": "m", "Value": 1}]}, "cloudwatch:namespace", "Mine"),
    ("cloudwatch", "put_metric_alarm", {"AlarmName": "a", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "MetricName": "m", "Namespace": "n",
                                        "Period": 60, "Statistic": "Sum", "Threshold": 1, "AlarmActions": ["arn:aws:sns:us-east-1:111122223333:t"]}, "cloudwatch:AlarmActions", ["arn:aws:sns:us-east-1:111122223333:t"]),
    ("dynamodb", "query", {"TableName": "t", "Select": "COUNT", "KeyConditionExpression": "a = :a", "ExpressionAttributeValues": {":a": {"S": "x"}}}, "dynamodb:Select", "COUNT"),
    ("dynamodb", "delete_item", {"TableName": "t", "Key": {"a": {"S": "x"}}, "ReturnValues": "ALL_OLD"}, "dynamodb:ReturnValues", "ALL_OLD"),
    ("dynamodb", "get_item", {"TableName": "t", "Key": {"a": {"S": "x"}}, "ReturnConsumedCapacity": "TOTAL"}, "dynamodb:ReturnConsumedCapacity", "TOTAL"),
    ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16"}, "ec2:Region", R),
    launch("ec2:InstanceType", "t3.micro", InstanceType="t3.micro"),
    launch("ec2:InstanceType", "m1.small"),
    launch("ec2:AvailabilityZone", "us-east-1b", Placement={"AvailabilityZone": "us-east-1b"}),
    ("ec2", "create_subnet", {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "AvailabilityZoneId": "use1-az1"}, "ec2:AvailabilityZoneId", "use1-az1"),
    launch("ec2:EbsOptimized", "true", EbsOptimized=True),
    launch("ec2:EbsOptimized", "false"),
    launch("ec2:Tenancy", "dedicated", Placement={"Tenancy": "dedicated"}),
    launch("ec2:RootDeviceType", "ebs"),
    launch("ec2:InstanceProfile", f"arn:aws:iam::{A}:instance-profile/p", IamInstanceProfile={"Name": "p"}),
    launch("ec2:InstanceMarketType", "spot", InstanceMarketOptions={"MarketType": "spot"}),
    launch("ec2:InstanceMarketType", "on-demand"),
    launch("ec2:MetadataHttpEndpoint", "disabled", MetadataOptions={"HttpEndpoint": "disabled"}),
    launch("ec2:MetadataHttpTokens", "optional", MetadataOptions={"HttpTokens": "optional"}),
    launch("ec2:MetadataHttpPutResponseHopLimit", "2", MetadataOptions={"HttpPutResponseHopLimit": 2}),
    launch("ec2:InstanceMetadataTags", "enabled", MetadataOptions={"InstanceMetadataTags": "enabled"}),
    launch("ec2:InstanceAutoRecovery", "disabled", MaintenanceOptions={"AutoRecovery": "disabled"}),
    launch("ec2:InstanceBandwidthWeighting", "vpc-1", NetworkPerformanceOptions={"BandwidthWeighting": "vpc-1"}),
    launch("ec2:CpuOptionsAmdSevSnp", "enabled", CpuOptions={"AmdSevSnp": "enabled"}),
    launch("ec2:PlacementGroup", f"arn:aws:ec2:{R}:{A}:placement-group/g", Placement={"GroupName": "g"}),
    launch("ec2:PlacementGroupName", "g", Placement={"GroupName": "g"}),
    launch("ec2:ImageID", LAUNCH["ImageId"]),
    launch("ec2:KeyPairName", "k", KeyName="k"),
    ("ec2", "create_key_pair", {"KeyName": "k"}, "ec2:KeyPairType", "rsa"),
    ("ec2", "create_key_pair", {"KeyName": "k", "KeyType": "ed25519"}, "ec2:KeyPairType", "ed25519"),
    ("ec2", "create_vpc", {"Ipv4IpamPoolId": "ipam-pool-1"}, "ec2:Ipv4IpamPoolId", "ipam-pool-1"),
    ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16", "Ipv6IpamPoolId": "ipam-pool-1"}, "ec2:Ipv6IpamPoolId", "ipam-pool-1"),
    ("ec2", "create_vpc_endpoint", {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.us-east-1.s3"}, "ec2:VpceServiceName", "com.amazonaws.us-east-1.s3"),
    ("ec2", "create_vpc_endpoint", {"VpcId": "vpc-1", "ServiceName": "x"}, "ec2:VpceServiceOwner", "amazon"),
    ("ec2", "create_vpc_endpoint", {"VpcId": "vpc-1", "ServiceName": "x"}, "ec2:VpceServiceRegion", R),
    ("ec2", "create_vpc_endpoint", {"VpcId": "vpc-1", "ServiceName": "x", "DnsOptions": {"PrivateDnsPreference": "ALL_DOMAINS"}}, "ec2:VpcePrivateDnsPreference", "ALL_DOMAINS"),
    ("ec2", "create_vpc_endpoint", {"VpcId": "vpc-1", "ServiceName": "x", "DnsOptions": {"PrivateDnsSpecifiedDomains": ["a.b"]}}, "ec2:VpcePrivateDnsSpecifiedDomains", ["a.b"]),
    launch("ec2:Subnet", f"arn:aws:ec2:{R}:{A}:subnet/subnet-1", SubnetId="subnet-1"),
    launch("ec2:Subnet", f"arn:aws:ec2:{R}:{A}:subnet/subnet-2", NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": "subnet-1"}, {"DeviceIndex": 1, "SubnetId": "subnet-2"}]),
    launch("ec2:AssociatePublicIpAddress", "true", NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": True}]),
    ("ec2", "create_vpc_peering_connection", {"VpcId": "vpc-1", "PeerVpcId": "vpc-2"}, "ec2:RequesterVpc", VPC),
    volume("ec2:Encrypted", "true", Encrypted=True),
    volume("ec2:Encrypted", "false", VolumeSize=9),
    volume("ec2:VolumeSize", "500", VolumeSize=500),
    volume("ec2:VolumeIops", "4000", VolumeSize=9, VolumeType="gp3", Iops=4000),
    volume("ec2:VolumeType", "io2", VolumeSize=9, VolumeType="io2"),
    volume("ec2:VolumeThroughput", "200", VolumeSize=9, Throughput=200),
    volume("ec2:VolumeInitializationRate", "100", VolumeSize=9, VolumeInitializationRate=100),
    volume("ec2:ParentSnapshot", f"arn:aws:ec2:{R}::snapshot/snap-1", SnapshotId="snap-1"),
    ("events", "put_targets", {"Rule": "r", "Targets": [{"Id": "1", "Arn": "arn:aws:sqs:us-east-1:111122223333:q"}]}, "events:TargetArn", ["arn:aws:sqs:us-east-1:111122223333:q"]),
    ("events", "delete_rule", {"Name": "r"}, "events:creatorAccount", A),
    ("events", "put_rule", {"Name": "r", "EventPattern": PATTERN}, "events:source", ["aws.health"]),
    ("events", "put_rule", {"Name": "r", "EventPattern": PATTERN}, "events:detail-type", ["x"]),
    ("events", "put_rule", {"Name": "r", "EventPattern": PATTERN}, "events:detail.service", "EC2"),
    ("events", "put_rule", {"Name": "r", "EventPattern": PATTERN}, "events:detail.eventTypeCode", "code"),
    ("events", "put_rule", {"Name": "r", "EventPattern": PATTERN}, "events:detail.userIdentity.principalId", "p"),
    ("iam", "attach_user_policy", {"UserName": "u", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, "iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess"),
    ("iam", "create_user", {"UserName": "u", "PermissionsBoundary": f"arn:aws:iam::{A}:policy/b"}, "iam:PermissionsBoundary", f"arn:aws:iam::{A}:policy/b"),
    ("iam", "create_service_linked_role", {"AWSServiceName": "ecs.amazonaws.com"}, "iam:AWSServiceName", "ecs.amazonaws.com"),
    ("kms", "create_key", {}, "kms:KeySpec", "SYMMETRIC_DEFAULT"),
    ("kms", "create_key", {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}, "kms:CustomerMasterKeySpec", "RSA_2048"),
    ("kms", "create_key", {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}, "kms:KeyUsage", "SIGN_VERIFY"),
    ("kms", "create_key", {}, "kms:CustomerMasterKeyUsage", "ENCRYPT_DECRYPT"),
    ("kms", "create_key", {"Origin": "EXTERNAL"}, "kms:KeyOrigin", "EXTERNAL"),
    ("kms", "create_key", {"MultiRegion": True}, "kms:MultiRegion", "true"),
    ("kms", "create_key", {"MultiRegion": True}, "kms:MultiRegionKeyType", "PRIMARY"),
    ("kms", "create_key", {}, "kms:BypassPolicyLockoutSafetyCheck", "false"),
    ("kms", "create_key", {}, "kms:CallerAccount", A),
    ("kms", "encrypt", {**KEY, "Plaintext": b"x"}, "kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT"),
    ("kms", "encrypt", {**KEY, "Plaintext": b"x", "EncryptionContext": {"a": "1"}}, "kms:EncryptionContextKeys", ["a"]),
    ("kms", "encrypt", {**KEY, "Plaintext": b"x", "EncryptionContext": {"a": "1"}}, "kms:EncryptionContext:a", "1"),
    ("kms", "encrypt", {**KEY, "Plaintext": b"x"}, "kms:RequestAlias", "alias/k"),
    ("kms", "generate_data_key_pair", {**KEY, "KeyPairSpec": "RSA_2048"}, "kms:DataKeyPairSpec", "RSA_2048"),
    ("kms", "generate_mac", {**KEY, "Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}, "kms:MacAlgorithm", "HMAC_SHA_256"),
    ("kms", "sign", {**KEY, "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}, "kms:SigningAlgorithm", "ECDSA_SHA_256"),
    ("kms", "sign", {**KEY, "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}, "kms:MessageType", "RAW"),
    *(("kms", "create_grant", {**KEY, "GranteePrincipal": role(), "RetiringPrincipal": role("s"), "Operations": ["Decrypt"], "Constraints": {"EncryptionContextSubset": {"a": "1"}}}, *row)
      for row in [("kms:GranteePrincipal", role()), ("kms:RetiringPrincipal", role("s")), ("kms:GrantOperations", ["Decrypt"]), ("kms:GrantConstraintType", "EncryptionContextSubset"),
                  ("kms:GrantIsForAWSResource", "false")]),
    ("kms", "enable_key_rotation", {**KEY, "RotationPeriodInDays": 100}, "kms:RotationPeriodInDays", "100"),
    ("kms", "schedule_key_deletion", {**KEY, "PendingWindowInDays": 7}, "kms:ScheduleKeyDeletionPendingWindowInDays", "7"),
    ("lambda", "create_function", {"FunctionName": "f", "Role": role(), "Code": {"ZipFile": b"x"}, "CodeSigningConfigArn": f"arn:aws:lambda:{R}:{A}:code-signing-config:csc-01234567890123456"},
     "lambda:CodeSigningConfigArn", f"arn:aws:lambda:{R}:{A}:code-signing-config:csc-01234567890123456"),
    ("lambda", "create_function_url_config", {**FUNCTION, "AuthType": "NONE"}, "lambda:FunctionUrlAuthType", "NONE"),
    ("lambda", "create_function_url_config", {**FUNCTION, "AuthType": "NONE"}, "lambda:FunctionArn", f"arn:aws:lambda:{R}:{A}:function:f"),
    ("lambda", "update_function_configuration", {**FUNCTION, "Layers": ["arn:aws:lambda:us-east-1:111122223333:layer:l:1"]}, "lambda:Layer", ["arn:aws:lambda:us-east-1:111122223333:layer:l:1"]),
    ("lambda", "add_permission", {**FUNCTION, "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}, "lambda:Principal", "s3.amazonaws.com"),
    ("lambda", "update_function_configuration", {**FUNCTION, "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}, "lambda:SecurityGroupIds", ["sg-1"]),
    ("lambda", "update_function_configuration", {**FUNCTION, "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}, "lambda:SubnetIds", ["subnet-1"]),
    ("organizations", "create_policy", {"Name": "p", "Description": "", "Content": "{}", "Type": "SERVICE_CONTROL_POLICY"}, "organizations:PolicyType", "SERVICE_CONTROL_POLICY"),
    ("organizations", "describe_policy", {"PolicyId": "p-FullAWSAccess"}, "organizations:PolicyType", "SERVICE_CONTROL_POLICY"),
    *(("ecs", "create_service", {**TASK, "serviceName": "s", "desiredCount": 1}, *row) for row in [
        ("ecs:auto-assign-public-ip", "ENABLED"), ("ecs:enable-ecs-managed-tags", "true"), ("ecs:enable-execute-command", "true"),
        ("ecs:propagate-tags", "TASK_DEFINITION"), ("ecs:subnet", ["subnet-1"]), ("ecs:cluster", f"arn:aws:ecs:{R}:{A}:cluster/main")]),
    ("ecs", "start_task", {"cluster": "main", "taskDefinition": "t", "containerInstances": ["i"]}, "ecs:container-instances", ["i"]),
    ("ecs", "list_tasks", {"cluster": "main", "containerInstance": "i"}, "ecs:cluster", f"arn:aws:ecs:{R}:{A}:cluster/main"),
    *(("ecs", "register_task_definition", DEFINITION, *row) for row in [
        ("ecs:task-cpu", "256"), ("ecs:task-memory", "512"), ("ecs:compute-compatibility", ["EC2"]), ("ecs:privileged", "true")]),
    *(("rds", "create_db_instance", DATABASE, *row) for row in [
        ("rds:DatabaseClass", "db.t3.micro"), ("rds:DatabaseEngine", "postgres"), ("rds:DatabaseName", "mine"), ("rds:MultiAz", "true"), ("rds:Piops", "3000"),
        ("rds:PubliclyAccessible", "true"), ("rds:StorageEncrypted", "true"), ("rds:StorageSize", "20"), ("rds:BackupTarget", "region"), ("rds:ManageMasterUserPassword", "true"),
        ("rds:req-tag/team", "red")]),
    ("route53", "change_resource_record_sets", change(), "route53:ChangeResourceRecordSetsActions", ["UPSERT"]),
    ("route53", "change_resource_record_sets", change(), "route53:ChangeResourceRecordSetsRecordTypes", ["A"]),
    ("route53", "change_resource_record_sets", change(), "route53:ChangeResourceRecordSetsNormalizedRecordNames", ["www.example.com"]),
    ("route53", "change_resource_record_sets", change(Name="*.example.com"), "route53:ChangeResourceRecordSetsNormalizedRecordNames", ["\\052.example.com"]),
    ("route53", "associate_vpc_with_hosted_zone", {"HostedZoneId": "Z1", "VPC": {"VPCId": "vpc-1", "VPCRegion": R}}, "route53:VPCs", f"VPCId=vpc-1,VPCRegion={R}"),
    ("s3", "list_objects_v2", {**BUCKET, "Prefix": "a/"}, "s3:prefix", "a/"),
    ("s3", "list_objects_v2", {**BUCKET, "Delimiter": "/"}, "s3:delimiter", "/"),
    ("s3", "list_objects_v2", {**BUCKET, "MaxKeys": 7}, "s3:max-keys", "7"),
    ("s3", "get_object", {**PUT, "VersionId": "v"}, "s3:versionid", "v"),
    ("s3", "put_object", {**PUT, "ACL": "private"}, "s3:x-amz-acl", "private"),
    *(("s3", "put_bucket_acl", {**BUCKET, member: "id=x"}, key, "id=x") for member, key in [
        ("GrantFullControl", "s3:x-amz-grant-full-control"), ("GrantRead", "s3:x-amz-grant-read"), ("GrantReadACP", "s3:x-amz-grant-read-acp"),
        ("GrantWrite", "s3:x-amz-grant-write"), ("GrantWriteACP", "s3:x-amz-grant-write-acp")]),
    ("s3", "copy_object", {**PUT, "CopySource": "b/other"}, "s3:x-amz-copy-source", "b/other"),
    ("s3", "copy_object", {**PUT, "CopySource": "b/other", "MetadataDirective": "REPLACE"}, "s3:x-amz-metadata-directive", "REPLACE"),
    ("s3", "put_object", {**PUT, "ServerSideEncryption": "AES256"}, "s3:x-amz-server-side-encryption", "AES256"),
    ("s3", "put_object", {**PUT, "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "k"}, "s3:x-amz-server-side-encryption-aws-kms-key-id", "k"),
    ("s3", "put_object", {**PUT, "StorageClass": "GLACIER"}, "s3:x-amz-storage-class", "GLACIER"),
    ("s3", "put_object", {**PUT, "WebsiteRedirectLocation": "/x"}, "s3:x-amz-website-redirect-location", "/x"),
    ("s3", "create_bucket", {**BUCKET, "ObjectOwnership": "ObjectWriter"}, "s3:x-amz-object-ownership", "ObjectWriter"),
    ("s3", "create_bucket", {**BUCKET, "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}, "s3:locationconstraint", "eu-west-1"),
    ("s3", "put_object", {**PUT, "IfMatch": "e"}, "s3:if-match", "e"),
    ("s3", "put_object", {**PUT, "IfNoneMatch": "*"}, "s3:if-none-match", "*"),
    *(("s3", "put_object", {**PUT, "ObjectLockLegalHoldStatus": "ON", "ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": "2099-01-01T00:00:00Z"}, *row) for row in [
        ("s3:object-lock-legal-hold", "ON"), ("s3:object-lock-mode", "GOVERNANCE"), ("s3:object-lock-retain-until-date", "2099-01-01T00:00:00Z")]),
    ("s3", "put_object", PUT, "s3:ObjectCreationOperation", "true"),
    ("s3", "put_object", {**PUT, "Tagging": "a=1"}, "s3:RequestObjectTag/a", "1"),
    ("s3", "put_object", {**PUT, "Tagging": "a=1"}, "s3:RequestObjectTagKeys", ["a"]),
    ("s3", "get_object", PUT, "s3:authType", "REST-HEADER"),
    ("s3", "get_object", PUT, "s3:signatureversion", "AWS4-HMAC-SHA256"),
    ("s3", "get_object", PUT, "s3:TlsVersion", "1.3"),
    ("s3", "get_object", PUT, "s3:x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("s3", "list_objects_v2", {"Bucket": "b"}, "s3:ResourceAccount", A),
    ("secretsmanager", "get_secret_value", SECRET, "secretsmanager:SecretId", "s"),
    ("secretsmanager", "create_secret", {"Name": "n"}, "secretsmanager:Name", "n"),
    ("secretsmanager", "create_secret", {"Name": "n", "Description": "d"}, "secretsmanager:Description", "d"),
    ("secretsmanager", "get_secret_value", {**SECRET, "VersionId": "0" * 32}, "secretsmanager:VersionId", "0" * 32),
    ("secretsmanager", "get_secret_value", {**SECRET, "VersionStage": "AWSPREVIOUS"}, "secretsmanager:VersionStage", "AWSPREVIOUS"),
    ("secretsmanager", "delete_secret", {**SECRET, "ForceDeleteWithoutRecovery": True}, "secretsmanager:ForceDeleteWithoutRecovery", "true"),
    ("secretsmanager", "delete_secret", {**SECRET, "RecoveryWindowInDays": 7}, "secretsmanager:RecoveryWindowInDays", "7"),
    ("secretsmanager", "put_resource_policy", {**SECRET, "ResourcePolicy": "{}", "BlockPublicPolicy": True}, "secretsmanager:BlockPublicPolicy", "true"),
    ("secretsmanager", "create_secret", {"Name": "n", "KmsKeyId": "alias/k"}, "secretsmanager:KmsKeyId", "alias/k"),
    ("secretsmanager", "create_secret", {"Name": "n", "KmsKeyId": f"arn:aws:kms:{R}:{A}:key/k"}, "secretsmanager:KmsKeyArn", f"arn:aws:kms:{R}:{A}:key/k"),
    ("secretsmanager", "create_secret", {"Name": "n", "AddReplicaRegions": [{"Region": "eu-west-1"}]}, "secretsmanager:AddReplicaRegions", ["eu-west-1"]),
    ("secretsmanager", "create_secret", {"Name": "n", "ForceOverwriteReplicaSecret": True}, "secretsmanager:ForceOverwriteReplicaSecret", "true"),
    ("secretsmanager", "create_secret", {"Name": "n", "Type": "Managed"}, "secretsmanager:Type", "Managed"),
    ("sns", "subscribe", {"TopicArn": f"arn:aws:sns:{R}:{A}:t", "Protocol": "email", "Endpoint": "a@example.com"}, "sns:Protocol", "email"),
    ("sns", "subscribe", {"TopicArn": f"arn:aws:sns:{R}:{A}:t", "Protocol": "email", "Endpoint": "a@example.com"}, "sns:Endpoint", "a@example.com"),
    ("ssm", "put_parameter", {"Name": "p", "Value": "v", "Overwrite": True}, "ssm:Overwrite", "true"),
    ("ssm", "put_parameter", {"Name": "p", "Value": "v"}, "ssm:Overwrite", "false"),
    ("ssm", "get_parameters_by_path", {"Path": "/", "Recursive": True}, "ssm:Recursive", "true"),
    ("ssm", "put_parameter", {"Name": "p", "Value": "v", "Policies": "[]"}, "ssm:Policies", "[]"),
]
STS = {"sts:ExternalId": "xyz", "sts:RoleSessionName": "session", "sts:SourceIdentity": "who", "sts:TransitiveTagKeys": ["a"]}
# Of operations that are not here, or told in another test: the keys of resources below, of tags in test_enforcement.py.
ELSEWHERE = {"kms:ViaService": "test_enforcement.py", "kms:ResourceAliases": "here, of resources", "kms:ReEncryptOnSameKey": "here, of resources", "s3:signatureAge": "test_presigned.py",
             "s3:object-lock-remaining-retention-days": "here", "s3:ExistingObjectTag/*": "test_enforcement.py", "iam:PassedToService": "test_enforcement.py", "iam:ResourceTag/*": "test_enforcement.py",
             "ec2:CreateAction": "test_emr_roles.py", "ec2:ResourceTag/*": "test_emr_roles.py", "secretsmanager:ResourceTag/*": "test_enforcement.py", "lambda:VpcIds": "here, of resources",
             "dynamodb:EnclosingOperation": "test_dynamodb_transactions.py", "dynamodb:Attributes": "test_enforcement.py", "dynamodb:LeadingKeys": "test_enforcement.py", "ssm:resourceTag/*": "here, of resources", "kms:EncryptionContext:*": "above",
             "s3:RequestObjectTag/*": "above", "ec2:Attribute": "here, of resources", "ec2:Attribute/*": "here, of resources", "ec2:Vpc": "here, of resources"}
NOT_ASKED = {  # of operations that the cloud does not have: the row stands for the day it has
    "rds:CopyOptionGroup",
    # Of ECS's operations that begin a session or act on a task set, and of tags of its resources.
    "ecs:service", "ecs:task", "ecs:task-definition", "ecs:ResourceTag/*",
    # Of RDS's resources: not shown over the wire yet.
    "rds:Vpc", "rds:db-tag/*", "rds:snapshot-tag/*", "rds:subgrp-tag/*", "rds:pg-tag/*", "rds:cluster-tag/*", "rds:cluster-snapshot-tag/*", "rds:cluster-pg-tag/*",
    "kms:ExpirationModel", "kms:ValidTo", "kms:WrappingAlgorithm", "kms:WrappingKeySpec", "kms:PrimaryRegion", "kms:ReplicaRegion", "kms:KeyAgreementAlgorithm",
    "s3:InventoryAccessibleOptionalFields", "s3:x-amz-bucket-namespace", "s3:x-amz-server-side-encryption-customer-algorithm", "lambda:EventSourceToken", "lambda:InvokedViaFunctionUrl",
    "ec2:KmsKeyId", "ec2:Domain", "sts:DurationSeconds"}


def filled(value, account):
    return json.loads(json.dumps(value).replace(A, account)) if not isinstance(value, dict) else {k: v if isinstance(v, bytes) else filled(v, account) for k, v in value.items()}


def deny(key, value):
    many = isinstance(value, list)
    return {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals" if many else "StringEquals": {key: value}}}


class Person:
    """A user who may do all but what `set` says."""

    def __init__(self, clients):
        self.clients, self.iam = clients, clients("iam")
        self.iam.create_user(UserName="person")
        self.make = keys_of(clients, "person")

    def set(self, *statements):
        self.iam.put_user_policy(UserName="person", PolicyName="p", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, *statements]}))

    def is_denied(self, service, method, parameters):
        client = self.make(service, **({"s3": {"addressing_style": "path"}} if service == "s3" else {}))
        try:
            getattr(client, method)(**parameters)
        except ClientError as error:
            return error.response["Error"]["Code"] in DENIED and "explicit deny" in error.response["Error"]["Message"]
        return False


@pytest.fixture
def person(clients):
    return Person(clients)


def check(person, account, service, method, parameters, key, value):
    parameters, value = filled(parameters, account), filled(value, account)
    other = ["another"] if isinstance(value, list) else "another"
    person.set(deny(key, value))
    assert person.is_denied(service, method, parameters)
    person.set(deny(key, other))
    assert not person.is_denied(service, method, parameters)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[3]}-{row[1]}".replace(":", "."))
def test_of_requests(person, account, row):
    if row[0] == "s3":  # names of buckets are everyone's
        row = (*row[:2], {**row[2], "Bucket": f"b-{account}"}, *row[3:])
        person.clients("s3", s3={"addressing_style": "path"}).create_bucket(Bucket=f"b-{account}") if row[1] != "create_bucket" else None
    check(person, account, *row)


@pytest.mark.parametrize("key, value", STS.items(), ids=lambda v: str(v).replace(":", "."))
def test_of_assume_role(person, account, iam, key, value):
    trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    check(person, account, "sts", "assume_role", {"RoleArn": role(), "RoleSessionName": "session", "ExternalId": "xyz", "SourceIdentity": "who", "DurationSeconds": 900,
                                                  "Tags": [{"Key": "a", "Value": "1"}], "TransitiveTagKeys": ["a"]}, key, value)


def test_every_key_that_can_be_there_has_a_row():
    seen = {row[3].lower() for row in ROWS} | {key.lower() for key in STS}
    for service, row in DATA.items():
        for key in [*row.get("request", {}), *row.get("state", {})]:
            plain = key.lower() in seen or key in ELSEWHERE or key in NOT_ASKED
            assert plain or (key.endswith("*") and any(one.startswith(key[:-1].lower()) for one in seen)), f"{service}: {key}"


def test_none_of_another_type_of_resource(person):
    """RunInstances is decided for an image, a subnet, ... too, which have no type: an Allow under ec2:InstanceType alone is not enough."""
    person.iam.put_user_policy(UserName="person", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"ec2:InstanceType": "t3.micro"}}}]}))
    client = person.make("ec2")
    with pytest.raises(ClientError) as caught:
        client.run_instances(**LAUNCH, InstanceType="t3.micro")
    assert caught.value.response["Error"]["Code"] == "UnauthorizedOperation"
    resources = [f"arn:aws:ec2:*:*:{kind}/*" for kind in ["subnet", "security-group", "network-interface", "volume", "image"]]
    person.iam.put_user_policy(UserName="person", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": [*resources, "arn:aws:ec2:*::image/*"]},
        {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*", "Condition": {"StringEquals": {"ec2:InstanceType": "t3.micro"}}}]}))
    client.run_instances(**LAUNCH, InstanceType="t3.micro")
    with pytest.raises(ClientError):
        client.run_instances(**LAUNCH, InstanceType="t3.large")


def test_of_resources_that_are_there(person, account, clients, ec2, kms, secretsmanager, ssm, s3, functions):
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    instance = ec2.run_instances(**LAUNCH, InstanceType="t3.nano", SubnetId=subnet["SubnetId"])["Instances"][0]
    address = ec2.allocate_address(Domain="vpc")
    peer = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=peer)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    arn = f"arn:aws:ec2:{R}:{account}:vpc/{vpc}"
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    plain = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/one", TargetKeyId=key)
    sealed = kms.encrypt(KeyId=plain, Plaintext=b"x")["CiphertextBlob"]
    secretsmanager.create_secret(Name="s", SecretString="x")
    ssm.put_parameter(Name="/a/p", Value="v", Type="String", Tags=[{"Key": "team", "Value": "red"}])
    stop = ("ec2", "stop_instances", {"InstanceIds": [instance["InstanceId"]]})
    release = ("ec2", "release_address", {"AllocationId": address["AllocationId"]})
    accept = ("ec2", "accept_vpc_peering_connection", {"VpcPeeringConnectionId": peering})
    modify = ("ec2", "modify_subnet_attribute", {"SubnetId": subnet["SubnetId"], "MapPublicIpOnLaunch": {"Value": True}})
    lock = {"Bucket": f"b-{account}", "Key": "k", "ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": "2000-01-02T00:00:00Z"}
    s3.create_bucket(Bucket=lock["Bucket"])
    rows = [
        (*stop, "ec2:InstanceType", "t3.nano"), (*stop, "ec2:InstanceID", instance["InstanceId"]), (*stop, "ec2:AvailabilityZone", subnet["AvailabilityZone"]),
        (*stop, "ec2:Tenancy", "default"), (*stop, "ec2:RootDeviceType", "ebs"), (*stop, "ec2:EbsOptimized", "false"),
        (*release, "ec2:AllocationId", address["AllocationId"]), (*release, "ec2:PublicIpAddress", address["PublicIp"]), (*release, "ec2:Domain", "vpc"),
        (*accept, "ec2:AccepterVpc", arn.replace(vpc, peer)), (*accept, "ec2:RequesterVpc", arn), (*accept, "ec2:VpcPeeringConnectionID", peering),
        (*modify, "ec2:Attribute", "MapPublicIpOnLaunch"), (*modify, "ec2:Attribute/MapPublicIpOnLaunch", "true"), (*modify, "ec2:Vpc", arn), (*modify, "ec2:SubnetID", subnet["SubnetId"]),
        ("ec2", "delete_security_group", {"GroupId": group}, "ec2:SecurityGroupID", group), ("ec2", "delete_security_group", {"GroupId": group}, "ec2:Vpc", arn),
        ("ec2", "delete_vpc", {"VpcId": vpc}, "ec2:VpcID", vpc),
        ("ec2", "run_instances", {**LAUNCH, "SubnetId": subnet["SubnetId"]}, "ec2:Vpc", arn), ("ec2", "run_instances", {**LAUNCH, "SubnetId": subnet["SubnetId"]}, "ec2:AvailabilityZone", subnet["AvailabilityZone"]),
        ("kms", "disable_key", {"KeyId": key}, "kms:KeySpec", "RSA_2048"), ("kms", "disable_key", {"KeyId": key}, "kms:KeyUsage", "ENCRYPT_DECRYPT"),
        ("kms", "disable_key", {"KeyId": key}, "kms:KeyOrigin", "AWS_KMS"), ("kms", "disable_key", {"KeyId": key}, "kms:MultiRegion", "false"),
        ("kms", "disable_key", {"KeyId": key}, "kms:ResourceAliases", ["alias/one"]),
        ("kms", "re_encrypt", {"CiphertextBlob": sealed, "DestinationKeyId": plain}, "kms:ReEncryptOnSameKey", "true"),
        ("secretsmanager", "get_secret_value", {"SecretId": "s"}, "secretsmanager:SecretPrimaryRegion", R),
        ("ssm", "get_parameter", {"Name": "/a/p"}, "ssm:resourceTag/team", "red"), ("ssm", "get_parameter", {"Name": "/a/p"}, "aws:ResourceTag/team", "red"),
        ("lambda", "update_function_configuration", {"FunctionName": "f", "VpcConfig": {"SubnetIds": [subnet["SubnetId"]], "SecurityGroupIds": [group]}}, "lambda:VpcIds", vpc)]
    for service, method, parameters, key, value in rows:
        if service == "ec2" and not method.startswith("modify"):
            parameters = {**parameters, "DryRun": True}
        person.set(deny(key, value))
        assert person.is_denied(service, method, parameters), (method, key)
        person.set(deny(key, ["another"] if isinstance(value, list) else "another"))
        assert not person.is_denied(service, method, parameters), (method, key)
    days = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*", "Condition": {"NumericGreaterThan": {"s3:object-lock-remaining-retention-days": "10"}}}
    person.set(days)
    assert person.is_denied("s3", "put_object", {**lock, "ObjectLockRetainUntilDate": "2099-01-01T00:00:00Z"})
    assert not person.is_denied("s3", "put_object", lock)
