export AWS_DEFAULT_REGION=us-east-1
aws="aws --endpoint-url http://127.0.0.1:4566"
$aws rds create-db-instance --db-instance-identifier orders --engine mysql --db-instance-class db.t3.micro --allocated-storage 20 \
    --master-username master --master-user-password a-password-1 --storage-encrypted > /dev/null
$aws rds wait db-instance-available --db-instance-identifier orders
$aws kms create-alias --region eu-west-1 --alias-name alias/copies \
    --target-key-id "$($aws kms create-key --region eu-west-1 --query KeyMetadata.KeyId --output text)"
