// What Smithy's S3 model says and botocore's form of it leaves out: the root elements of answers
// (smithy.api#xmlName of output shapes). Source: API reference of S3, "Response Syntax" of each
// operation.
#pragma once

#include <string_view>

namespace mainstay::wire {

// "" where the shape's answer has no root of its own name.
std::string_view s3_output_root(std::string_view output_shape);

}  // namespace mainstay::wire
