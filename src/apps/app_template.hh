// The CloudFormation template of a release: a task definition and a service a process, a task role
// and an execution role for all of them. Pure.
#pragma once

#include "apps/app.hh"

namespace mainstay::apps {

Value template_of(const App& app, const Release& release);
// "WebService", the logical id of a process's service.
std::string service_id(const std::string& process);
// What a process is given beside its variables: names as Empire's.
std::map<std::string, std::string> own_environment(const App& app, const Release& release,
                                                   const Process& process);

}  // namespace mainstay::apps
