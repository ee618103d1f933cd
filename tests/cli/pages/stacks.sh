cat > prod.env <<'ENV'
namespace: prod
ENV
cat > stacker.yml <<'YAML'
namespace: ${namespace}
persistent_graph_key: prod.json
stacks:
  - name: web
    template_path: web.yaml
YAML
sed -i 's/\${namespace}/prod/' stacker.yml
cat > web.yaml <<'YAML'
Resources:
  Queue: {Type: AWS::SQS::Queue}
YAML
mainstay up prod.env stacker.yml
echo '  Other: {Type: AWS::SQS::Queue}' >> web.yaml
