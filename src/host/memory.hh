// Giving memory back to the system that this process has used and does not need now.
#pragma once

namespace mainstay {

// What allocators hold that is free, and pages of programs and libraries that were read while the
// program started: they are read again, from the system's cache, if they are needed. A few
// milliseconds. Threads: any.
void release_idle_memory();

}  // namespace mainstay
