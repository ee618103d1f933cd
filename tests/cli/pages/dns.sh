cat > dns.yaml <<'YAML'
zones:
  example.com.: {}
YAML
cat > example.com.yaml <<'YAML'
www: {type: A, ttl: 60, values: [192.0.2.1, 192.0.2.2]}
YAML
printf '$TTL 60\nwww A 192.0.2.1\n' > db.example.com
mainstay dns apply dns.yaml
