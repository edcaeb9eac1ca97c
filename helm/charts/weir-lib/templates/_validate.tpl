{{/* Values that contradict each other stop here, with what to do. */}}
{{- define "weir-lib.validate" -}}
{{- $values := .root.Values -}}
{{- $name := .root.Chart.Name -}}
{{- if not (include "weir-lib.bootstrapServers" .) -}}
{{- fail (printf "%s: Kafka is not named: set kafka.bootstrapServers (or global.kafka.bootstrapServers), kafka:9092 for example" $name) -}}
{{- end -}}
{{- if not (include "weir-lib.registryUrl" .) -}}
{{- fail (printf "%s: the registry is not named: set registry.url (or global.registry.url), http://registry:8080/apis/registry/v3 for example" $name) -}}
{{- end -}}
{{- $domain := include "weir-lib.domain" . | fromJson -}}
{{- $given := list -}}
{{- if $domain.files }}{{- $given = append $given "files" -}}{{- end -}}
{{- if $domain.configMap }}{{- $given = append $given "configMap" -}}{{- end -}}
{{- if $domain.image }}{{- $given = append $given "image" -}}{{- end -}}
{{- if eq (len $given) 0 -}}
{{- fail (printf "%s: no domain to run: set one of domain.files, domain.configMap and domain.image (or the same under global.domain)" $name) -}}
{{- end -}}
{{- if gt (len $given) 1 -}}
{{- fail (printf "%s: domain.%s contradict each other: the domain folder has one place, keep one of them" $name (join " and domain." $given)) -}}
{{- end -}}
{{- if and $domain.files (not (hasKey $domain.files "domain.yaml")) -}}
{{- fail (printf "%s: domain.files lacks domain.yaml: its keys are paths inside the domain folder" $name) -}}
{{- end -}}
{{- range $key, $value := merge (dict) ($values.kafka.client | default dict) ($values.config | default dict) ($values.env | default dict) -}}
{{- if and (regexMatch "(?i)(password|secret|jaas|token)" $key) (not (contains "${" (toString $value))) -}}
{{- fail (printf "%s: %s holds a secret: keep it in a Kubernetes Secret, name that under secretEnv, and write ${NAME} here" $name $key) -}}
{{- end -}}
{{- end -}}
{{- if and (eq .service "debezium") (not $values.source) -}}
{{- fail (printf "%s: source is not set: name one of the domain's sources, shop for example" $name) -}}
{{- end -}}
{{- if .streams -}}
{{- if and (eq $values.streams.groupProtocol "streams") (or $values.streams.staticMembership (gt (int $values.streams.standbys) 0)) -}}
{{- fail (printf "%s: with streams.groupProtocol=streams the broker decides: set streams.num.standby.replicas on the group (kafka-configs), there is no static membership; or choose streams.groupProtocol=classic" $name) -}}
{{- end -}}
{{- end -}}
{{- if .stage -}}
{{- $most := int (ternary $values.autoscaling.maxReplicas $values.replicas $values.autoscaling.enabled) -}}
{{- if gt $most (int $values.partitions) -}}
{{- fail (printf "%s: %d replicas, but partitions is %d: the ones beyond it would stand idle; lower replicas (autoscaling.maxReplicas), or raise partitions if the topics have more" $name $most (int $values.partitions)) -}}
{{- end -}}
{{- end -}}
{{- if (($values.autoscaling).enabled) -}}
{{- if lt (int $values.autoscaling.maxReplicas) (int $values.autoscaling.minReplicas) -}}
{{- fail (printf "%s: autoscaling.maxReplicas is below autoscaling.minReplicas" $name) -}}
{{- end -}}
{{- if and (eq $values.autoscaling.kind "keda") (not $values.autoscaling.triggers) -}}
{{- fail (printf "%s: autoscaling.kind=keda needs autoscaling.triggers: the consumer groups and topics whose lag counts" $name) -}}
{{- end -}}
{{- if and (eq $values.autoscaling.kind "hpa") $values.autoscaling.triggers -}}
{{- fail (printf "%s: autoscaling.triggers is for autoscaling.kind=keda: the HPA scales by CPU" $name) -}}
{{- end -}}
{{- if (($values.reset).enabled) -}}
{{- fail (printf "%s: reset.enabled and autoscaling.enabled contradict each other: the autoscaler would start what is being reset; switch it off first" $name) -}}
{{- end -}}
{{- end -}}
{{- if (($values.reset).enabled) -}}
{{- if not $values.reset.stage -}}
{{- fail (printf "%s: reset.enabled needs reset.stage, %s.jaffle.customer.v1 for example" $name .service) -}}
{{- end -}}
{{- if gt (int $values.replicas) 0 -}}
{{- fail (printf "%s: reset.enabled needs replicas: 0: a stage that runs cannot be reset" $name) -}}
{{- end -}}
{{- end -}}
{{- end }}
