cat > staging.env <<'ENV'
namespace: staging
ENV
cat > stacker.yml <<'YAML'
namespace: staging
stacks:
  - name: vpc
    template_path: vpc.yaml
YAML
cat > vpc.yaml <<'YAML'
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.20.0.0/16}}
YAML
