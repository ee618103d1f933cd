// package_sources: modules, templates and configurations that a configuration takes from elsewhere.
// Meaning as stacker's: https://stacker.readthedocs.io/en/latest/config.html#package-sources
#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "aws/client.hh"
#include "host/surroundings.hh"
#include "stacks/config.hh"

namespace mainstay::stacks {

struct PackageContext {
  const Environment& process;
  const Files& files;
  // Of the whole run, for S3; called only where a source is there.
  std::function<Result<std::shared_ptr<aws::Client>>()> client;
  std::stop_token stop;
};

// Fetches what is not in the cache yet (stacker_cache_dir, else ~/.stacker). sources: the value of
// package_sources in the document. Errors: "ConfigInvalid", "PackageUnavailable", "FileUnwritable".
Result<PackageFolders> fetch_packages(const cfn::Document& document, const PackageContext& context);

}  // namespace mainstay::stacks
