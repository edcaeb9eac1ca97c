{{- define "weir-lib.podDisruptionBudget" -}}
{{- if .root.Values.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "weir-lib.fullname" . }}
  labels: {{- include "weir-lib.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ .root.Values.podDisruptionBudget.maxUnavailable }}
  selector:
    matchLabels: {{- include "weir-lib.selectorLabels" . | nindent 6 }}
{{- end }}
{{- end }}

{{- define "weir-lib.serviceMonitor" -}}
{{- if .root.Values.serviceMonitor.enabled }}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ include "weir-lib.fullname" . }}
  labels:
    {{- include "weir-lib.labels" . | nindent 4 }}
    {{- with .root.Values.serviceMonitor.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels: {{- include "weir-lib.selectorLabels" . | nindent 6 }}
    {{- if eq .workload "StatefulSet" }}
    matchExpressions:
      # Behind two services each pod would be scraped twice.
      - key: weir.io/headless
        operator: DoesNotExist
    {{- end }}
  endpoints:
    - port: http
      path: /q/metrics
      interval: {{ .root.Values.serviceMonitor.interval }}
      scrapeTimeout: {{ .root.Values.serviceMonitor.scrapeTimeout }}
{{- end }}
{{- end }}

{{- define "weir-lib.networkPolicy" -}}
{{- if .root.Values.networkPolicy.enabled }}
{{- $policy := .root.Values.networkPolicy }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "weir-lib.fullname" . }}
  labels: {{- include "weir-lib.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "weir-lib.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        {{- if $policy.ingressFrom }}
        {{- toYaml $policy.ingressFrom | nindent 8 }}
        {{- else }}
        # Its own namespace; the kubelet's probes are always let in.
        - podSelector: {}
        {{- end }}
      ports:
        - port: {{ .port }}
          protocol: TCP
  egress:
    - ports:
        - port: 53
          protocol: UDP
        - port: 53
          protocol: TCP
    # Kafka, the registry, the collector and what egressPorts adds; egressTo narrows where they are.
    - ports:
        {{- $ports := list }}
        {{- range splitList "," (include "weir-lib.bootstrapServers" .) }}
        {{- $ports = append $ports (splitList ":" . | last | int) }}
        {{- end }}
        {{- range (list (include "weir-lib.registryUrl" .) (include "weir-lib.otlpEndpoint" .)) }}
        {{- if . }}
        {{- $host := (urlParse .).host }}
        {{- if contains ":" $host }}
        {{- $ports = append $ports (splitList ":" $host | last | int) }}
        {{- else }}
        {{- $ports = append $ports (ternary 443 80 (hasPrefix "https:" .)) }}
        {{- end }}
        {{- end }}
        {{- end }}
        {{- range $policy.egressPorts }}
        {{- $ports = append $ports (int .) }}
        {{- end }}
        {{- range ($ports | uniq) }}
        - port: {{ . }}
          protocol: TCP
        {{- end }}
      {{- with $policy.egressTo }}
      to: {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end }}
{{- end }}

{{- define "weir-lib.autoscaling" -}}
{{- $scaling := .root.Values.autoscaling | default dict }}
{{- if $scaling.enabled }}
---
{{- if eq $scaling.kind "hpa" }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "weir-lib.fullname" . }}
  labels: {{- include "weir-lib.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: {{ .workload }}
    name: {{ include "weir-lib.fullname" . }}
  minReplicas: {{ $scaling.minReplicas }}
  maxReplicas: {{ $scaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ $scaling.targetCpuPercent }}
  behavior:
    scaleDown:
      # Each change of the group moves state: do not follow every dip.
      stabilizationWindowSeconds: {{ $scaling.cooldownSeconds }}
{{- else }}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ include "weir-lib.fullname" . }}
  labels: {{- include "weir-lib.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: {{ .workload }}
    name: {{ include "weir-lib.fullname" . }}
  minReplicaCount: {{ $scaling.minReplicas }}
  maxReplicaCount: {{ $scaling.maxReplicas }}
  cooldownPeriod: {{ $scaling.cooldownSeconds }}
  triggers:
    {{- range $scaling.triggers }}
    - type: kafka
      metadata:
        bootstrapServers: {{ include "weir-lib.bootstrapServers" $ }}
        consumerGroup: {{ .consumerGroup }}
        topic: {{ .topic }}
        lagThreshold: {{ $scaling.targetLag | quote }}
        offsetResetPolicy: earliest
      {{- with $scaling.authenticationRef }}
      authenticationRef:
        name: {{ . }}
      {{- end }}
    {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "weir-lib.test" -}}
{{- if .root.Values.test.enabled }}
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "weir-lib.fullname" . }}-test
  labels:
    app.kubernetes.io/name: {{ include "weir-lib.name" . }}-test
    app.kubernetes.io/instance: {{ .root.Release.Name }}
    app.kubernetes.io/part-of: weir
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  securityContext: {{- include "weir-lib.podSecurity" . | nindent 4 }}
  containers:
    - name: ready
      image: {{ .root.Values.test.image | quote }}
      securityContext: {{- include "weir-lib.containerSecurity" . | nindent 8 }}
      command: [wget, -q, -T, "10", -O, "-", "http://{{ include "weir-lib.fullname" . }}:{{ .root.Values.service.port }}/q/health/ready"]
{{- end }}
{{- end }}

{{/* Starts one stage afresh: its offsets, its internal topics, its state on the claims. A plain Job, made by an explicit upgrade. */}}
{{- define "weir-lib.reset" -}}
{{- $reset := .root.Values.reset | default dict }}
{{- if $reset.enabled }}
{{- $fullname := include "weir-lib.fullname" . }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ printf "%s-reset-%s" $fullname ($reset.stage | sha256sum | trunc 6) }}
  labels:
    app.kubernetes.io/name: {{ include "weir-lib.name" . }}-reset
    app.kubernetes.io/instance: {{ .root.Release.Name }}
    app.kubernetes.io/part-of: weir
  annotations:
    weir.io/stage: {{ $reset.stage | quote }}
spec:
  backoffLimit: 0
  ttlSecondsAfterFinished: 86400
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {{ include "weir-lib.name" . }}-reset
        app.kubernetes.io/instance: {{ .root.Release.Name }}
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      securityContext: {{- include "weir-lib.podSecurity" . | nindent 8 }}
      initContainers:
        - name: state
          image: {{ .root.Values.test.image | quote }}
          securityContext: {{- include "weir-lib.containerSecurity" . | nindent 12 }}
          command:
            - rm
            - -rf
            {{- range $i := until (int $reset.claims) }}
            - /claims/{{ $i }}/{{ $reset.stage }}
            {{- end }}
          volumeMounts:
            {{- range $i := until (int $reset.claims) }}
            - name: state-{{ $i }}
              mountPath: /claims/{{ $i }}
            {{- end }}
      containers:
        - name: offsets
          image: {{ $reset.image | quote }}
          securityContext: {{- include "weir-lib.containerSecurity" . | nindent 12 }}
          command: [/opt/kafka/bin/kafka-streams-groups.sh]
          args:
            - --bootstrap-server
            - {{ include "weir-lib.bootstrapServers" . | quote }}
            {{- with $reset.commandConfig }}
            - --command-config
            - {{ . | quote }}
            {{- end }}
            - --reset-offsets
            - --group
            - {{ $reset.stage | quote }}
            - --all-input-topics
            - --to-earliest
            {{- if $reset.internalTopics }}
            - --delete-all-internal-topics
            {{- end }}
            - --execute
          volumeMounts:
            - name: tmp
              mountPath: /tmp
            - name: tmp
              mountPath: /opt/kafka/logs
              subPath: logs
            {{- with .root.Values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: {}
        {{- range $i := until (int $reset.claims) }}
        - name: state-{{ $i }}
          persistentVolumeClaim:
            claimName: state-{{ $fullname }}-{{ $i }}
        {{- end }}
        {{- with .root.Values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end }}
{{- end }}

{{- define "weir-lib.all" -}}
{{- include "weir-lib.validate" . }}
{{ include "weir-lib.serviceAccount" . }}
{{ include "weir-lib.configMap" . }}
{{ include "weir-lib.workload" . }}
{{ include "weir-lib.services" . }}
{{ include "weir-lib.podDisruptionBudget" . }}
{{ include "weir-lib.networkPolicy" . }}
{{ include "weir-lib.serviceMonitor" . }}
{{ include "weir-lib.autoscaling" . }}
{{ include "weir-lib.test" . }}
{{ include "weir-lib.reset" . }}
{{- end }}
