cat > dns.yaml <<'YAML'
zones:
  example.com.: {}
YAML
cat > example.com.yaml <<'YAML'
www: {type: A, ttl: 60, values: [192.0.2.1, 192.0.2.2]}
YAML
