// An application of the usual kind: a network, storage under a key, a role with grants, settings.
const cdk = require('aws-cdk-lib');

class Shop extends cdk.Stack {
  constructor(app, id, props) {
    super(app, id, props);
    const gone = { removalPolicy: cdk.RemovalPolicy.DESTROY };
    const key = new cdk.aws_kms.Key(this, 'Key', gone);
    const bucket = new cdk.aws_s3.Bucket(this, 'Bucket', { ...gone, encryptionKey: key, enforceSSL: true });
    const failed = new cdk.aws_sqs.Queue(this, 'Failed');
    const queue = new cdk.aws_sqs.Queue(this, 'Queue', { deadLetterQueue: { queue: failed, maxReceiveCount: 3 } });
    const table = new cdk.aws_dynamodb.Table(this, 'Table', {
      ...gone,
      partitionKey: { name: 'id', type: cdk.aws_dynamodb.AttributeType.STRING },
      billingMode: cdk.aws_dynamodb.BillingMode.PAY_PER_REQUEST,
    });
    const vpc = new cdk.aws_ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    vpc.addGatewayEndpoint('S3', { service: cdk.aws_ec2.GatewayVpcEndpointAwsService.S3 });
    const role = new cdk.aws_iam.Role(this, 'Role', {
      assumedBy: new cdk.aws_iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    bucket.grantReadWrite(role);
    table.grantReadData(role);
    queue.grantSendMessages(role);
    new cdk.aws_ssm.StringParameter(this, 'Colour', { parameterName: '/shop/colour', stringValue: process.env.COLOUR });
    new cdk.aws_secretsmanager.Secret(this, 'Secret');
    new cdk.CfnOutput(this, 'BucketName', { value: bucket.bucketName });
    new cdk.CfnOutput(this, 'VpcId', { value: vpc.vpcId });
  }
}

new Shop(new cdk.App(), 'shop', { env: { account: '123456789012', region: 'us-east-1' } });
