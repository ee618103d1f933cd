printf 'web: ./bin/web\nworker: ./bin/worker\n' > Procfile
aws --endpoint-url http://127.0.0.1:4566 ecs create-cluster --cluster-name main
aws --endpoint-url http://127.0.0.1:4566 ecs register-container-instance --cluster main \
  --total-resources name=CPU,type=INTEGER,integerValue=8192 name=MEMORY,type=INTEGER,integerValue=16384
# What the page leaves out.
real=$(readlink bin/mainstay)
rm bin/mainstay
cat > bin/mainstay <<SH
#!/bin/sh
what=\$2
shift 2
exec $real app \$what --endpoint http://127.0.0.1:4566 -r us-east-1 "\$@"
SH
chmod +x bin/mainstay
