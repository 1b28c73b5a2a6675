# Sources of module `app` in this folder.
set(XZEPR_APP_CONFIG_SOURCES
  config/environment_source.cpp config/key_lookup.cpp config/key_table.cpp config/load.cpp config/provider_keys.cpp config/rules.cpp config/show.cpp
  config/value_text.cpp config/webhook_keys.cpp config/yaml_source.cpp)
set(XZEPR_APP_CONFIG_TESTS
  config/config_test.cpp config/show_test.cpp config/yaml_source_test.cpp)
