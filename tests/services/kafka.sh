#!/bin/bash
# Apache Kafka, one KRaft node, on KAFKA_PORT (default 59092) in plain text, and on KAFKA_SASL_PORT, KAFKA_TLS_PORT and
# KAFKA_SASL_TLS_PORT (the three after it unless given; the controller has the one after those). SASL takes PLAIN,
# SCRAM-SHA-256 and SCRAM-SHA-512 of the user xzepr, password xzepr-secret; TLS takes anybody, DATA_DIR/ca.pem signs the
# broker's certificate. Topics are made by nobody's asking. Access lists are on: the user "guest", password guest-secret, may do
# nothing, all others everything.
# The jars come from Maven Central, once, into XZEPR_CACHE (45 MiB): of the version below, or of KAFKA_VERSION. It starts in
# about 10 s on two cores and takes about 450 MiB of memory.
. "$(dirname "$0")/lib.sh"
VERSION=${KAFKA_VERSION:-4.1.1}
PORT=${KAFKA_PORT:-59092}
SASL_PORT=${KAFKA_SASL_PORT:-$((PORT + 1))}
TLS_PORT=${KAFKA_TLS_PORT:-$((PORT + 2))}
SASL_TLS_PORT=${KAFKA_SASL_TLS_PORT:-$((PORT + 3))}
CONTROLLER_PORT=${KAFKA_CONTROLLER_PORT:-$((PORT + 4))}
HOME_DIR=${XZEPR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/xzepr}/kafka-$VERSION
in_java=(java -Xms128m -Xmx512m -XX:+UseSerialGC "-Dlog4j2.configurationFile=$DATA/log4j2.properties" -cp "$HOME_DIR/libs/*")

address() { echo "127.0.0.1:$PORT"; }

install_service() {
  need /usr/bin/mvn maven
  need /usr/bin/java openjdk-17-jre-headless
  need /usr/bin/openssl openssl
  [ -e "$HOME_DIR/.done" ] && return 0
  say "loading Kafka $VERSION"
  rm -rf "$HOME_DIR"
  mkdir -p "$HOME_DIR"
  cat >"$HOME_DIR/pom.xml" <<X
<project><modelVersion>4.0.0</modelVersion><groupId>xzepr</groupId><artifactId>kafka</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$VERSION</version></dependency>
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.1</version></dependency>
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>2.25.1</version></dependency>
</dependencies></project>
X
  mvn -B -q -Dstyle.color=never -f "$HOME_DIR/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$HOME_DIR/libs" >&2
  touch "$HOME_DIR/.done"
}

make_certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$DATA/ca.key" -out "$DATA/ca.pem" -days 30 -subj "/CN=kafka tests"
  openssl req -newkey rsa:2048 -nodes -keyout "$DATA/broker.key" -out "$DATA/broker.csr" -subj /CN=kafka
  echo "subjectAltName=IP:127.0.0.1" >"$DATA/broker.ext"
  openssl x509 -req -in "$DATA/broker.csr" -CA "$DATA/ca.pem" -CAkey "$DATA/ca.key" -CAcreateserial -days 30 \
    -out "$DATA/broker.pem" -extfile "$DATA/broker.ext"
  openssl pkcs12 -export -in "$DATA/broker.pem" -inkey "$DATA/broker.key" -out "$DATA/broker.p12" -passout pass:xzepr-secret
}

login_config() {  # LISTENER
  local scram=org.apache.kafka.common.security.scram.ScramLoginModule
  cat <<X
listener.name.$1.scram-sha-256.sasl.jaas.config=$scram required;
listener.name.$1.scram-sha-512.sasl.jaas.config=$scram required;
listener.name.$1.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_xzepr="xzepr-secret" user_guest="guest-secret";
X
}

configure() {
  cat >"$DATA/log4j2.properties" <<X
rootLogger.level=WARN
rootLogger.appenderRef.c.ref=C
appender.c.type=Console
appender.c.name=C
appender.c.layout.type=PatternLayout
appender.c.layout.pattern=%d %p %c %m%n
X
  cat >"$DATA/server.properties" <<X
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$CONTROLLER_PORT
listeners=PLAINTEXT://127.0.0.1:$PORT,SASL_PLAINTEXT://127.0.0.1:$SASL_PORT,SSL://127.0.0.1:$TLS_PORT,SASL_SSL://127.0.0.1:$SASL_TLS_PORT,CONTROLLER://127.0.0.1:$CONTROLLER_PORT
advertised.listeners=PLAINTEXT://127.0.0.1:${KAFKA_ADVERTISED_PORT:-$PORT},SASL_PLAINTEXT://127.0.0.1:$SASL_PORT,SSL://127.0.0.1:$TLS_PORT,SASL_SSL://127.0.0.1:$SASL_TLS_PORT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
$(login_config sasl_plaintext)
$(login_config sasl_ssl)
ssl.keystore.type=PKCS12
ssl.keystore.location=$DATA/broker.p12
ssl.keystore.password=xzepr-secret
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:ANONYMOUS;User:xzepr
auto.create.topics.enable=false
log.dirs=$DATA/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
X
}

format_storage() {
  "${in_java[@]}" kafka.tools.StorageTool format -t xzeprTestClusterAAAAAA -c "$DATA/server.properties" \
    --add-scram 'SCRAM-SHA-256=[name=xzepr,password=xzepr-secret]' --add-scram 'SCRAM-SHA-512=[name=xzepr,password=xzepr-secret]' \
    >"$DATA/format.log" 2>&1 || { cat "$DATA/format.log" >&2; return 1; }
}

start_service() {
  [ -s "$DATA/broker.p12" ] || make_certificate >"$DATA/openssl.log" 2>&1
  configure
  [ -f "$DATA/data/meta.properties" ] || format_storage
  in_background "${in_java[@]}" kafka.Kafka "$DATA/server.properties"
  local port
  for port in "$PORT" "$SASL_PORT" "$TLS_PORT" "$SASL_TLS_PORT"; do wait_until 60 port_answers "$port"; done
}

main "$@"
