aws --endpoint-url http://127.0.0.1:4566 s3 mb s3://photos
