{{- define "weir-lib.serviceAccount" -}}
{{- if .root.Values.serviceAccount.create }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "weir-lib.serviceAccountName" . }}
  labels: {{- include "weir-lib.labels" . | nindent 4 }}
  {{- with .root.Values.serviceAccount.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}
{{- end }}

{{/* The content of application.properties. Values may hold ${NAME}: the environment's, which may come from a Secret. */}}
{{- define "weir-lib.properties" -}}
quarkus.http.host=0.0.0.0
quarkus.http.port={{ .port }}
quarkus.log.console.json.enabled={{ .root.Values.jsonLogs }}
{{- $otlp := include "weir-lib.otlpEndpoint" . }}
{{- if $otlp }}
quarkus.otel.sdk.disabled=false
quarkus.otel.exporter.otlp.endpoint={{ $otlp }}
{{- else }}
quarkus.otel.sdk.disabled=true
{{- end }}
weir.domain=/etc/weir/domain
weir.kafka.bootstrap-servers={{ include "weir-lib.bootstrapServers" . }}
weir.registry.url={{ include "weir-lib.registryUrl" . }}
{{- if .stage }}
weir.instance=${POD_NAME}
{{- end }}
{{- if .streams }}
weir.state.dir=/var/lib/weir
{{- if eq .root.Values.streams.groupProtocol "classic" }}
weir.kafka.client."group.protocol"=classic
weir.kafka.client."num.standby.replicas"={{ .root.Values.streams.standbys }}
{{- if .root.Values.streams.staticMembership }}
weir.kafka.client."group.instance.id"=${POD_NAME}
{{- end }}
{{- end }}
{{- end }}
{{- if eq .service "contract" }}
# The judge's state is small: what is lost with the pod is read anew from its changelog topics.
weir.state.dir=/tmp/weir
{{- end }}
{{- $service := .service }}
{{- range $key, $value := .root.Values.kafka.client }}
weir.kafka.client.{{ $key | quote }}={{ $value }}
{{- if eq $service "ingest" }}
# Its pushes travel through messaging channels, which read these.
kafka.{{ $key }}={{ $value }}
{{- end }}
{{- end }}
{{- range $key, $value := .root.Values.config }}
{{ $key }}={{ $value }}
{{- end }}
{{- end }}

{{- define "weir-lib.configMap" -}}
{{- if ne .service "debezium" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "weir-lib.fullname" . }}
  labels: {{- include "weir-lib.labels" . | nindent 4 }}
data:
  application.properties: |
    {{- include "weir-lib.properties" . | nindent 4 }}
{{- end }}
{{- $domain := include "weir-lib.domain" . | fromJson }}
{{- if $domain.files }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "weir-lib.fullname" . }}-domain
  labels: {{- include "weir-lib.labels" . | nindent 4 }}
data:
  {{- range $path, $content := $domain.files }}
  {{ include "weir-lib.domainKey" $path }}: {{ $content | toJson }}
  {{- end }}
{{- end }}
{{- end }}
