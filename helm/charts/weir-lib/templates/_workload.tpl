{{- define "weir-lib.workload" -}}
{{- $values := .root.Values -}}
---
apiVersion: apps/v1
kind: {{ .workload }}
metadata:
  name: {{ include "weir-lib.fullname" . }}
  labels: {{- include "weir-lib.labels" . | nindent 4 }}
spec:
  {{- if not (($values.autoscaling).enabled) }}
  replicas: {{ $values.replicas }}
  {{- end }}
  selector:
    matchLabels: {{- include "weir-lib.selectorLabels" . | nindent 6 }}
  {{- if eq .workload "StatefulSet" }}
  serviceName: {{ include "weir-lib.fullname" . }}-headless
  podManagementPolicy: Parallel
  updateStrategy:
    type: RollingUpdate
  {{- if .streams }}
  persistentVolumeClaimRetentionPolicy:
    whenDeleted: {{ $values.state.whenDeleted }}
    whenScaled: {{ $values.state.whenScaled }}
  {{- end }}
  {{- else if eq .service "debezium" }}
  # Two at a time would fight for one replication slot.
  strategy:
    type: Recreate
  {{- else }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  {{- end }}
  template: {{- include "weir-lib.podTemplate" . | nindent 4 }}
  {{- if .streams }}
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: state
        labels: {{- include "weir-lib.selectorLabels" . | nindent 10 }}
      spec:
        accessModes: [ReadWriteOnce]
        {{- with $values.state.storageClassName }}
        storageClassName: {{ . }}
        {{- end }}
        resources:
          requests:
            storage: {{ $values.state.size }}
  {{- end }}
{{- end }}

{{- define "weir-lib.services" -}}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "weir-lib.fullname" . }}
  labels: {{- include "weir-lib.labels" . | nindent 4 }}
  {{- with .root.Values.service.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ .root.Values.service.type }}
  selector: {{- include "weir-lib.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .root.Values.service.port }}
      targetPort: http
      protocol: TCP
{{- if eq .workload "StatefulSet" }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "weir-lib.fullname" . }}-headless
  labels:
    {{- include "weir-lib.labels" . | nindent 4 }}
    weir.io/headless: "true"
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {{- include "weir-lib.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .port }}
      targetPort: http
      protocol: TCP
{{- end }}
{{- end }}
