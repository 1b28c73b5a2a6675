# Sources of module `app` in this folder.
set(XZEPR_APP_DEMO_SOURCES demo/banner.cpp demo/story.cpp demo/stream.cpp demo/world.cpp)
set(XZEPR_APP_DEMO_TESTS demo/story_test.cpp demo/world_test.cpp)
