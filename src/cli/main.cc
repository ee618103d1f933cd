#include "cli/program.hh"

int main(int argc, char** argv) {
  return mainstay::cli::Program().run(argc, argv);
}
