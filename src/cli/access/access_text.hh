// Answers about access as people read them.
#pragma once

#include <string>

#include "access/answer.hh"
#include "cli/screen/screen.hh"

namespace mainstay::cli {

// Verdict and reason first; then each authorisation with the statements that came near it.
std::string answer_text(const access::Answer& answer, const access::Question& question,
                        const Style& style);

}  // namespace mainstay::cli
