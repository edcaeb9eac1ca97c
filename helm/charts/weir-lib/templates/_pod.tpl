{{- define "weir-lib.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "weir-lib.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "weir-lib.domainVolume" -}}
{{- $domain := include "weir-lib.domain" . | fromJson -}}
- name: domain
{{- if $domain.image }}
  image:
    reference: {{ $domain.image.reference }}
    pullPolicy: {{ $domain.image.pullPolicy | default "IfNotPresent" }}
{{- else if $domain.configMap }}
  configMap:
    name: {{ $domain.configMap.name }}
    {{- with $domain.configMap.items }}
    items: {{- toYaml . | nindent 6 }}
    {{- end }}
{{- else }}
  configMap:
    name: {{ include "weir-lib.fullname" . }}-domain
    items:
      {{- range $path, $content := $domain.files }}
      - key: {{ include "weir-lib.domainKey" $path }}
        path: {{ $path }}
      {{- end }}
{{- end }}
{{- end }}

{{- define "weir-lib.podTemplate" -}}
{{- $values := .root.Values -}}
metadata:
  labels:
    {{- include "weir-lib.labels" . | nindent 4 }}
    {{- with $values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # Another configuration or another domain is another pod.
    checksum/config: {{ include "weir-lib.configMap" . | sha256sum }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "weir-lib.serviceAccountName" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with (concat ($values.imagePullSecrets | default list) ((($values.global).imagePullSecrets) | default list)) }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext: {{- include "weir-lib.podSecurity" . | nindent 4 }}
  terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  containers:
    - name: {{ .service }}
      image: {{ include "weir-lib.image" . | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      securityContext: {{- include "weir-lib.containerSecurity" . | nindent 8 }}
      ports:
        - name: http
          containerPort: {{ .port }}
          protocol: TCP
      env:
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        {{- if eq .service "debezium" }}
        # It reads its settings before Quarkus starts: from the environment, and from nowhere else.
        - name: WEIR_DOMAIN
          value: /etc/weir/domain
        - name: WEIR_SOURCE
          value: {{ $values.source | quote }}
        - name: KAFKA_BOOTSTRAP_SERVERS
          value: {{ include "weir-lib.bootstrapServers" . | quote }}
        - name: WEIR_REGISTRY_URL
          value: {{ include "weir-lib.registryUrl" . | quote }}
        - name: QUARKUS_HTTP_HOST
          value: 0.0.0.0
        - name: QUARKUS_HTTP_PORT
          value: {{ .port | quote }}
        {{- else }}
        - name: SMALLRYE_CONFIG_LOCATIONS
          value: /etc/weir/config/application.properties
        {{- end }}
        - name: JAVA_TOOL_OPTIONS
          value: {{ join " " $values.jvm.options | quote }}
        {{- range $name, $value := $values.env }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
        {{- range $name, $reference := $values.secretEnv }}
        - name: {{ $name }}
          valueFrom:
            secretKeyRef:
              name: {{ $reference.secret }}
              key: {{ $reference.key }}
        {{- end }}
      startupProbe:
        httpGet:
          path: /q/health/started
          port: http
        periodSeconds: 2
        timeoutSeconds: 3
        failureThreshold: {{ $values.probes.startupFailureThreshold }}
      livenessProbe:
        httpGet:
          path: /q/health/live
          port: http
        periodSeconds: {{ $values.probes.periodSeconds }}
        timeoutSeconds: 5
        failureThreshold: {{ $values.probes.livenessFailureThreshold }}
      readinessProbe:
        httpGet:
          path: /q/health/ready
          port: http
        periodSeconds: {{ $values.probes.periodSeconds }}
        timeoutSeconds: 5
        failureThreshold: 3
      resources: {{- toYaml $values.resources | nindent 8 }}
      volumeMounts:
        {{- if ne .service "debezium" }}
        - name: config
          mountPath: /etc/weir/config
          readOnly: true
        {{- end }}
        - name: domain
          mountPath: /etc/weir/domain
          readOnly: true
        {{- if .streams }}
        - name: state
          mountPath: /var/lib/weir
        {{- end }}
        - name: tmp
          mountPath: /tmp
        {{- with $values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    {{- if ne .service "debezium" }}
    - name: config
      configMap:
        name: {{ include "weir-lib.fullname" . }}
    {{- end }}
    {{- include "weir-lib.domainVolume" . | nindent 4 }}
    - name: tmp
      emptyDir: {}
    {{- with $values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.affinity }}
  affinity: {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    {{- if $values.topologySpreadConstraints }}
    {{- toYaml $values.topologySpreadConstraints | nindent 4 }}
    {{- else }}
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels: {{- include "weir-lib.selectorLabels" . | nindent 10 }}
    {{- end }}
{{- end }}
