{{/* One database, one slot; the change topics have one partition each, and are made by ingest-service or by hand. */}}
{{- define "weir-debezium.properties" -}}
{{- $source := .Values.source -}}
{{- range list "domain" "name" "host" "database" "publication" }}
{{- if not (get $source .) }}{{ fail (printf "weir-debezium: source.%s is not set: see the README's example" .) }}{{ end }}
{{- end }}
{{- if not $source.tables }}{{ fail "weir-debezium: source.tables is empty: name the tables to capture, public.orders for example" }}{{ end }}
{{- if not (hasKey (.Values.secretEnv | default dict) "SOURCE_PASSWORD") }}{{ fail "weir-debezium: secretEnv.SOURCE_PASSWORD is not set: name the Secret and key that hold the password of source.user" }}{{ end -}}
debezium.source.placeholder=true
{{- end }}
