# Sources of module `app` in this folder.
set(XZEPR_APP_COMMANDS_SOURCES
  commands/administration.cpp commands/admin_commands.cpp commands/config_commands.cpp commands/demo_command.cpp commands/load_config.cpp
  commands/local_commands.cpp commands/migrate_commands.cpp commands/serve_command.cpp commands/signing_key_commands.cpp
  commands/user_commands.cpp)
set(XZEPR_APP_COMMANDS_TESTS commands/commands_test.cpp)
