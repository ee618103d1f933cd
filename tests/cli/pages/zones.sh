cat > staging.env <<'END'
namespace: staging
END
cat > stacker.yml <<'END'
namespace: ${namespace}
stacker_bucket: ""
stacks:
  - name: vpc
    class_path: stacker_blueprints.vpc.VPC
    variables:
      AZCount: 3
      PrivateSubnets: [10.128.8.0/22, 10.128.12.0/22, 10.128.16.0/22]
      PublicSubnets: [10.128.0.0/24, 10.128.1.0/24, 10.128.2.0/24]
END
mainstay up staging.env stacker.yml
mainstay cloud zones no-default us-east-1 us-east-1b --state "$HOME/.local/state/mainstay/cloud"
