{{/*
Every template takes a context: a dict of
  root       the chart's own context (.)
  service    what the chart runs: ingest, conform, feature, contract, reverse-sync, debezium
  workload   StatefulSet where there is state or a name to keep, else Deployment
  port       the HTTP port
  stage      whether it runs stages: instances share the partitions of their topics
  streams    whether these are Kafka Streams applications, with state on claims
*/}}

{{- define "weir-lib.name" -}}
{{- default .root.Chart.Name .root.Values.nameOverride | trunc 52 | trimSuffix "-" -}}
{{- end }}

{{- define "weir-lib.fullname" -}}
{{- if .root.Values.fullnameOverride -}}
{{- .root.Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default (printf "weir-%s" .service) .root.Values.nameOverride -}}
{{- if contains $name .root.Release.Name -}}
{{- .root.Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .root.Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "weir-lib.selectorLabels" -}}
app.kubernetes.io/name: {{ include "weir-lib.name" . }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "weir-lib.labels" -}}
{{ include "weir-lib.selectorLabels" . }}
app.kubernetes.io/component: {{ .service }}
app.kubernetes.io/part-of: weir
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "weir-lib.serviceAccountName" -}}
{{- if .root.Values.serviceAccount.create -}}
{{- default (include "weir-lib.fullname" .) .root.Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .root.Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{- define "weir-lib.image" -}}
{{- $global := ((.root.Values.global).image) | default dict -}}
{{- $image := .root.Values.image -}}
{{- $registry := default ($global.registry | default "") $image.registry -}}
{{- $repository := ternary (printf "%s/%s" $registry $image.repository) $image.repository (ne $registry "") -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default (default .root.Chart.AppVersion $global.tag) $image.tag) -}}
{{- end -}}
{{- end }}

{{- define "weir-lib.bootstrapServers" -}}
{{- .root.Values.kafka.bootstrapServers | default (((.root.Values.global).kafka).bootstrapServers) | default "" -}}
{{- end }}

{{- define "weir-lib.registryUrl" -}}
{{- .root.Values.registry.url | default (((.root.Values.global).registry).url) | default "" -}}
{{- end }}

{{- define "weir-lib.otlpEndpoint" -}}
{{- ((.root.Values.telemetry).otlpEndpoint) | default (((.root.Values.global).telemetry).otlpEndpoint) | default "" -}}
{{- end }}

{{/* The domain folder, as JSON: the chart's own, or the global one where it has none. */}}
{{- define "weir-lib.domain" -}}
{{- $own := .root.Values.domain | default dict -}}
{{- $global := ((.root.Values.global).domain) | default dict -}}
{{- if or $own.files $own.configMap $own.image -}}{{- $own | toJson -}}{{- else -}}{{- $global | toJson -}}{{- end -}}
{{- end }}

{{/* A key of a ConfigMap holds no slash: contracts/customer.odcs.yaml becomes contracts__customer.odcs.yaml. */}}
{{- define "weir-lib.domainKey" -}}
{{- . | replace "/" "__" -}}
{{- end }}
