#!/bin/sh
# Makes the certificates of this folder anew (needs openssl). TEST MATERIAL: the keys are public.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
from=20200101000000Z
to=21200101000000Z

cat > "$work/openssl.cnf" <<CONFIG
[ca]
default_ca = test
[test]
new_certs_dir = $work
database = $work/index.txt
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[server]
subjectAltName = DNS:localhost,DNS:core.test,IP:127.0.0.1
extendedKeyUsage = serverAuth
[elsewhere]
subjectAltName = DNS:elsewhere.test
extendedKeyUsage = serverAuth
[client]
extendedKeyUsage = clientAuth
CONFIG

request() { # NAME COMMON-NAME
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1-key.pem" 2> /dev/null
  openssl req -new -config "$work/openssl.cnf" -key "$1-key.pem" -subj "/CN=$2" -out "$work/$1.csr"
}
authority() { # NAME COMMON-NAME
  : > "$work/index.txt"
  request "$1" "$2"
  openssl ca -batch -notext -config "$work/openssl.cnf" -selfsign -keyfile "$1-key.pem" \
    -in "$work/$1.csr" -extensions authority -startdate "$from" -enddate "$to" -out "$1.pem" 2> /dev/null
}
signed() { # NAME COMMON-NAME AUTHORITY EXTENSIONS [END]
  : > "$work/index.txt"
  request "$1" "$2"
  openssl ca -batch -notext -config "$work/openssl.cnf" -cert "$3.pem" -keyfile "$3-key.pem" \
    -in "$work/$1.csr" -extensions "$4" -startdate "$from" -enddate "${5:-$to}" -out "$1.pem" 2> /dev/null
}

authority ca "Redress test authority"
authority other-ca "Another test authority"
signed server core ca server
signed renewed core ca server
signed expired core ca server 20200201000000Z
signed elsewhere elsewhere ca elsewhere
signed untrusted core other-ca server
signed client redress ca client
signed stranger stranger other-ca client
openssl pkcs8 -topk8 -v2 aes-256-cbc -in client-key.pem -passout pass:open-sesame \
  -out client-key-encrypted.pem
rm ca-key.pem other-ca-key.pem
