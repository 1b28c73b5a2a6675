// The one binary: server, administration and client.
#include "app/commands/local_commands.hpp"
#include "cli/run.hpp"

int main(int argc, char** argv) { return xzepr::cli::run(argc, argv, xzepr::app::local_commands()); }
