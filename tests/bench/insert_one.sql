\set n random(1, 1000000000000)
INSERT INTO events (id, event_receiver_id, name, version, release, platform_id, package, description, payload, success, event_start, event_end, created_at, updated_at, artifact_id, created_by, receiver_version)
VALUES (gen_random_uuid(), :receiver, 'bench-app', :n::text, '1', 'linux/amd64', 'docker', 'built and scanned', '{"critical_count": 0, "scanner": "grype 0.74", "passed": true}', true, now(), now(), now(), now(), gen_random_uuid(), :receiver, 1);
