// Made from the server's OpenAPI document by `npm run api`. Not edited by hand.
export interface paths {
    "/api/v1/lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lineage
         * @description Answer the jobs around a node, ring by ring in both directions, with all their datasets.
         *
         *     Depth 0 is the adjacent jobs; each step adds the jobs that share a dataset with the ring before.
         */
        get: operations["lineage_api_v1_lineage_get"];
        put?: never;
        /**
         * Send an event
         * @description Keep one event and fold it into the graph; answer when it is on disk. Sending it again changes nothing.
         */
        post: operations["post_event_api_v1_lineage_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lineage/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a batch of events
         * @description Keep an array of events. Each stands for itself: those that cannot be kept are named, the others are kept.
         */
        post: operations["post_batch_api_v1_lineage_batch_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description Say whether the server works: 200, or 503 while it cannot keep events.
         */
        get: operations["health_health_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description Answer the server's counters in Prometheus' text form.
         */
        get: operations["metrics_metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/lineage/graph": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Graph
         * @description Show what surrounds an entity. One hop is dataset to dataset: passing through a job counts one.
         */
        get: operations["graph_lineage_graph_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/lineage/path": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Path
         * @description Find a shortest way downstream from one entity to another; if there is none, say whether the reverse exists.
         */
        get: operations["path_lineage_path_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/lineage/impact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Impact
         * @description List everything downstream of a dataset, a job or a field, nearest first.
         */
        get: operations["impact_lineage_impact_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/column-lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Column Lineage
         * @description Answer the fields that a dataset's, a job's or one field comes from, and on demand where they go.
         */
        get: operations["column_lineage_api_v1_column_lineage_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runlineage/upstream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Runlineage Upstream
         * @description Answer the run and the runs that wrote what it read, and so on; also through datasets that no run wrote.
         */
        get: operations["runlineage_upstream_api_v1_runlineage_upstream_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Namespaces
         * @description List namespaces by name; hidden ones are left out.
         */
        get: operations["list_namespaces_api_v1_namespaces_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Namespace
         * @description Answer one namespace.
         */
        get: operations["get_namespace_api_v1_namespaces__namespace__get"];
        /**
         * Put Namespace
         * @description Make a namespace known, or change its owner and description; a hidden one is shown again.
         */
        put: operations["put_namespace_api_v1_namespaces__namespace__put"];
        post?: never;
        /**
         * Delete Namespace
         * @description Hide a namespace with its datasets and jobs; the next event that names them shows them again.
         */
        delete: operations["delete_namespace_api_v1_namespaces__namespace__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Sources
         * @description List sources by name.
         */
        get: operations["list_sources_api_v1_sources_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sources/{source}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Source
         * @description Answer one source.
         */
        get: operations["get_source_api_v1_sources__source__get"];
        /**
         * Put Source
         * @description Make a source known, or change it.
         */
        put: operations["put_source_api_v1_sources__source__put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Datasets
         * @description List the datasets of a namespace by name.
         */
        get: operations["list_datasets_api_v1_namespaces__namespace__datasets_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/datasets/{dataset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Dataset
         * @description Answer one dataset with its fields, facets, tags, and the jobs that write and read it.
         */
        get: operations["get_dataset_api_v1_namespaces__namespace__datasets__dataset__get"];
        /**
         * Put Dataset
         * @description Tell of a dataset, as a DatasetEvent in the log.
         */
        put: operations["put_dataset_api_v1_namespaces__namespace__datasets__dataset__put"];
        post?: never;
        /**
         * Delete Dataset
         * @description Hide a dataset; the next event that names it shows it again.
         */
        delete: operations["delete_dataset_api_v1_namespaces__namespace__datasets__dataset__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/datasets/{dataset}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Dataset Versions
         * @description List what runs left behind in a dataset, newest first.
         */
        get: operations["list_dataset_versions_api_v1_namespaces__namespace__datasets__dataset__versions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/datasets/{dataset}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Dataset Version
         * @description Answer one version of a dataset.
         */
        get: operations["get_dataset_version_api_v1_namespaces__namespace__datasets__dataset__versions__version__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List All Jobs
         * @description List the jobs of every namespace, the last one to run first.
         */
        get: operations["list_all_jobs_api_v1_jobs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Jobs
         * @description List the jobs of a namespace, the last one to run first.
         */
        get: operations["list_jobs_api_v1_namespaces__namespace__jobs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/jobs/{job}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Job
         * @description Answer one job with its datasets, facets and latest runs.
         */
        get: operations["get_job_api_v1_namespaces__namespace__jobs__job__get"];
        /**
         * Put Job
         * @description Tell of a job, as a JobEvent in the log.
         */
        put: operations["put_job_api_v1_namespaces__namespace__jobs__job__put"];
        post?: never;
        /**
         * Delete Job
         * @description Hide a job; the next event that names it shows it again.
         */
        delete: operations["delete_job_api_v1_namespaces__namespace__jobs__job__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/jobs/{job}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Job Versions
         * @description List the versions of a job (its datasets and location), newest first.
         */
        get: operations["list_job_versions_api_v1_namespaces__namespace__jobs__job__versions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/jobs/{job}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Job Version
         * @description Answer one version of a job.
         */
        get: operations["get_job_version_api_v1_namespaces__namespace__jobs__job__versions__version__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/jobs/{job}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Runs
         * @description List the runs of a job, newest first.
         */
        get: operations["list_runs_api_v1_namespaces__namespace__jobs__job__runs_get"];
        put?: never;
        /**
         * Create Run
         * @description Announce a run of a job; its state is NEW until it is started.
         */
        post: operations["create_run_api_v1_namespaces__namespace__jobs__job__runs_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Run
         * @description Answer one run with its dataset versions and facets.
         */
        get: operations["get_run_api_v1_jobs_runs__run_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/runs/{run_id}/facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Run Facets
         * @description Answer the facets of a run, or those of its job.
         */
        get: operations["get_run_facets_api_v1_jobs_runs__run_id__facets_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/runs/{run_id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start Run
         * @description Start a run, as a RunEvent in the log.
         */
        post: operations["start_run_api_v1_jobs_runs__run_id__start_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/runs/{run_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete Run
         * @description End a run that went well.
         */
        post: operations["complete_run_api_v1_jobs_runs__run_id__complete_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/runs/{run_id}/fail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fail Run
         * @description End a run that failed.
         */
        post: operations["fail_run_api_v1_jobs_runs__run_id__fail_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/runs/{run_id}/abort": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Abort Run
         * @description End a run that was aborted.
         */
        post: operations["abort_run_api_v1_jobs_runs__run_id__abort_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Tags
         * @description List tags by name: those made here and those that events carry.
         */
        get: operations["list_tags_api_v1_tags_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{tag}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Put Tag
         * @description Make a tag known, or change its description.
         */
        put: operations["put_tag_api_v1_tags__tag__put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/datasets/{dataset}/tags/{tag}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tag Dataset
         * @description Put a tag on a dataset.
         */
        post: operations["tag_dataset_api_v1_namespaces__namespace__datasets__dataset__tags__tag__post"];
        /**
         * Untag Dataset
         * @description Take a tag off a dataset.
         */
        delete: operations["untag_dataset_api_v1_namespaces__namespace__datasets__dataset__tags__tag__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/datasets/{dataset}/fields/{field}/tags/{tag}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tag Field
         * @description Put a tag on a field.
         */
        post: operations["tag_field_api_v1_namespaces__namespace__datasets__dataset__fields__field__tags__tag__post"];
        /**
         * Untag Field
         * @description Take a tag off a field.
         */
        delete: operations["untag_field_api_v1_namespaces__namespace__datasets__dataset__fields__field__tags__tag__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/jobs/{job}/tags/{tag}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tag Job
         * @description Put a tag on a job.
         */
        post: operations["tag_job_api_v1_namespaces__namespace__jobs__job__tags__tag__post"];
        /**
         * Untag Job
         * @description Take a tag off a job.
         */
        delete: operations["untag_job_api_v1_namespaces__namespace__jobs__job__tags__tag__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search
         * @description Find datasets and jobs whose name holds the text; exact matches first, then names that begin with it.
         */
        get: operations["search_api_v1_search_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2beta/search/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search Jobs
         * @description Find jobs, in the shape of Marquez's full-text search.
         */
        get: operations["search_jobs_api_v2beta_search_jobs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2beta/search/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search Datasets
         * @description Find datasets, in the shape of Marquez's full-text search.
         */
        get: operations["search_datasets_api_v2beta_search_datasets_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats/lineage-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lineage Events
         * @description Count run events by type.
         */
        get: operations["lineage_events_api_v1_stats_lineage_events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Jobs
         * @description Count the jobs known at the end of each interval.
         */
        get: operations["jobs_api_v1_stats_jobs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Datasets
         * @description Count the datasets known at the end of each interval.
         */
        get: operations["datasets_api_v1_stats_datasets_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sources
         * @description Count the sources known at the end of each interval.
         */
        get: operations["sources_api_v1_stats_sources_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Lineage Events
         * @description List events of all three kinds by event time.
         */
        get: operations["list_lineage_events_api_v1_events_lineage_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Events
         * @description List events, newest first (marquez-python's `list_events`).
         */
        get: operations["list_events_api_v1_events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Event
         * @description Answer one event as it came in, with what was noted about it; or, for a namespace, a page of its events.
         *
         *     The second is what marquez-python's `list_events(namespace)` asks for. An event id is 40 hexadecimal digits.
         */
        get: operations["get_event_api_v1_events__key__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/warnings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Warnings
         * @description List the events that were kept with a warning or could not be folded, newest receipt first.
         */
        get: operations["list_warnings_events_warnings_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sql/lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lineage
         * @description Read SQL: tables and columns, statement by statement, and what of it was not understood. Nothing is kept.
         */
        post: operations["lineage_sql_lineage_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/sql/inline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Inline
         * @description Read SQL as if it were a pipeline, one step a statement, and draw it. Nothing is kept.
         */
        post: operations["inline_tasks_sql_inline_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * ChildRun
         * @description A run that a run started.
         */
        ChildRun: {
            /** Id */
            id: string;
            job: components["schemas"]["Name"];
            /**
             * State
             * @enum {string}
             */
            state: "NEW" | "RUNNING" | "COMPLETED" | "FAILED" | "ABORTED";
        };
        /**
         * ColumnInput
         * @description A field that another one comes from.
         */
        ColumnInput: {
            /** Namespace */
            namespace: string;
            /** Dataset */
            dataset: string;
            /** Field */
            field: string;
            /** Transformationdescription */
            transformationDescription: string | null;
            /** Transformationtype */
            transformationType: string | null;
        };
        /**
         * ColumnLineage
         * @description A column lineage graph; the last two are ours.
         */
        ColumnLineage: {
            /** Graph */
            graph: components["schemas"]["ColumnLineageNode"][];
            /** Truncated */
            truncated: boolean;
            /** Truncatedreason */
            truncatedReason: string | null;
        };
        /**
         * ColumnLineageData
         * @description A field of the column lineage graph.
         */
        ColumnLineageData: {
            /** Namespace */
            namespace: string;
            /** Dataset */
            dataset: string;
            /** Datasetversion */
            datasetVersion: string | null;
            /** Field */
            field: string;
            /** Fieldtype */
            fieldType: string;
            /** Transformationdescription */
            transformationDescription: string | null;
            /** Transformationtype */
            transformationType: string | null;
            /** Inputfields */
            inputFields: components["schemas"]["ColumnLineageInput"][];
        };
        /**
         * ColumnLineageInput
         * @description A field that another one comes from; `transformations` is ours.
         */
        ColumnLineageInput: {
            /** Namespace */
            namespace: string;
            /** Dataset */
            dataset: string;
            /** Field */
            field: string;
            /** Transformationdescription */
            transformationDescription: string | null;
            /** Transformationtype */
            transformationType: string | null;
            /** Datasetversion */
            datasetVersion: string | null;
            /** Transformations */
            transformations: {
                [key: string]: unknown;
            }[];
        };
        /**
         * ColumnLineageNode
         * @description A node of the column lineage graph.
         */
        ColumnLineageNode: {
            /** Id */
            id: string;
            /**
             * Type
             * @constant
             */
            type: "DATASET_FIELD";
            data: components["schemas"]["ColumnLineageData"];
            /** Inedges */
            inEdges: components["schemas"]["Edge"][];
            /** Outedges */
            outEdges: components["schemas"]["Edge"][];
        };
        /**
         * Count
         * @description How many there were at the end of one interval.
         */
        Count: {
            /** Startinterval */
            startInterval: string;
            /** Endinterval */
            endInterval: string;
            /** Count */
            count: number;
        };
        /**
         * Dataset
         * @description A dataset.
         */
        Dataset: {
            id: components["schemas"]["Name"];
            /** Type */
            type: string;
            /** Name */
            name: string;
            /** Physicalname */
            physicalName: string;
            /** Createdat */
            createdAt: string;
            /** Updatedat */
            updatedAt: string;
            /** Namespace */
            namespace: string;
            /** Sourcename */
            sourceName: string;
            /** Fields */
            fields: components["schemas"]["DatasetField"][];
            /** Tags */
            tags: string[];
            /** Lastmodifiedat */
            lastModifiedAt: string | null;
            /** Description */
            description: string | null;
            /** Lastlifecyclestate */
            lastLifecycleState: string | null;
            /** Currentversion */
            currentVersion: string | null;
            /** Columnlineage */
            columnLineage: components["schemas"]["DatasetColumnLineage"][] | null;
            /** Facets */
            facets: {
                [key: string]: unknown;
            };
            /** Deleted */
            deleted: boolean;
        };
        /**
         * DatasetColumnLineage
         * @description What one field comes from.
         */
        DatasetColumnLineage: {
            /** Name */
            name: string;
            /** Inputfields */
            inputFields: components["schemas"]["ColumnInput"][];
            /** Transformationdescription */
            transformationDescription: string | null;
            /** Transformationtype */
            transformationType: string | null;
        };
        /**
         * DatasetDetail
         * @description A dataset; the last five are ours: its other names, the jobs that write and read it (at most 1,000 each).
         */
        DatasetDetail: {
            id: components["schemas"]["Name"];
            /** Type */
            type: string;
            /** Name */
            name: string;
            /** Physicalname */
            physicalName: string;
            /** Createdat */
            createdAt: string;
            /** Updatedat */
            updatedAt: string;
            /** Namespace */
            namespace: string;
            /** Sourcename */
            sourceName: string;
            /** Fields */
            fields: components["schemas"]["DatasetField"][];
            /** Tags */
            tags: string[];
            /** Lastmodifiedat */
            lastModifiedAt: string | null;
            /** Description */
            description: string | null;
            /** Lastlifecyclestate */
            lastLifecycleState: string | null;
            /** Currentversion */
            currentVersion: string | null;
            /** Columnlineage */
            columnLineage: components["schemas"]["DatasetColumnLineage"][] | null;
            /** Facets */
            facets: {
                [key: string]: unknown;
            };
            /** Deleted */
            deleted: boolean;
            /** Aliases */
            aliases: string[];
            /** Producedby */
            producedBy: components["schemas"]["Name"][];
            /** Consumedby */
            consumedBy: components["schemas"]["Name"][];
            /** Producercount */
            producerCount: number;
            /** Consumercount */
            consumerCount: number;
        };
        /**
         * DatasetField
         * @description A field of a dataset.
         */
        DatasetField: {
            /** Name */
            name: string;
            /** Type */
            type: string | null;
            /** Tags */
            tags: string[];
            /** Description */
            description: string | null;
        };
        /**
         * DatasetNode
         * @description A dataset in a graph; `distance` is negative upstream of the start, positive downstream.
         */
        DatasetNode: {
            /** Id */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "DATASET";
            /** Namespace */
            namespace: string;
            /** Name */
            name: string;
            /** Aliases */
            aliases: string[];
            /** Distance */
            distance: number;
            /** Fields */
            fields: components["schemas"]["GraphField"][];
            more: components["schemas"]["More"];
        };
        /**
         * DatasetOrder
         * @description PUT of a dataset.
         */
        DatasetOrder: {
            /**
             * Type
             * @default DB_TABLE
             * @enum {string}
             */
            type: "DB_TABLE" | "STREAM";
            /** Physicalname */
            physicalName?: string | null;
            /** Sourcename */
            sourceName?: string | null;
            /**
             * Fields
             * @default []
             */
            fields: components["schemas"]["FieldOrder"][];
            /**
             * Tags
             * @default []
             */
            tags: string[];
            /** Description */
            description?: string | null;
            /** Schemalocation */
            schemaLocation?: string | null;
            /** Runid */
            runId?: string | null;
        };
        /**
         * DatasetSummary
         * @description A dataset as the lineage graph shows it.
         */
        DatasetSummary: {
            id: components["schemas"]["Name"];
            /** Type */
            type: string;
            /** Name */
            name: string;
            /** Physicalname */
            physicalName: string;
            /** Createdat */
            createdAt: string;
            /** Updatedat */
            updatedAt: string;
            /** Namespace */
            namespace: string;
            /** Sourcename */
            sourceName: string;
            /** Fields */
            fields: components["schemas"]["DatasetField"][];
            /** Tags */
            tags: string[];
            /** Lastmodifiedat */
            lastModifiedAt: string | null;
            /** Description */
            description: string | null;
            /** Lastlifecyclestate */
            lastLifecycleState: string | null;
        };
        /**
         * DatasetVersion
         * @description A dataset as one run left it.
         */
        DatasetVersion: {
            id: components["schemas"]["Name"];
            /** Type */
            type: string;
            /** Name */
            name: string;
            /** Physicalname */
            physicalName: string;
            /** Createdat */
            createdAt: string;
            /** Version */
            version: string;
            /** Namespace */
            namespace: string;
            /** Sourcename */
            sourceName: string;
            /** Fields */
            fields: components["schemas"]["DatasetField"][];
            /** Tags */
            tags: string[];
            /** Lifecyclestate */
            lifecycleState: string | null;
            /** Description */
            description: string | null;
            /** Currentschemaversion */
            currentSchemaVersion: string | null;
            createdByRun: components["schemas"]["Run"] | null;
            /** Facets */
            facets: {
                [key: string]: unknown;
            };
        };
        /**
         * DatasetVersionRef
         * @description A dataset version that a run read or wrote, with the facets of that run.
         */
        DatasetVersionRef: {
            datasetVersionId: components["schemas"]["VersionName"];
            /** Facets */
            facets: {
                [key: string]: unknown;
            };
        };
        /**
         * DatasetVersions
         * @description A page of dataset versions.
         */
        DatasetVersions: {
            /** Versions */
            versions: components["schemas"]["DatasetVersion"][];
            /** Totalcount */
            totalCount: number;
        };
        /**
         * Datasets
         * @description A page of datasets.
         */
        Datasets: {
            /** Totalcount */
            totalCount: number;
            /** Datasets */
            datasets: components["schemas"]["Dataset"][];
        };
        /**
         * Edge
         * @description An edge; the origin is always upstream (Marquez turns it round in column lineage).
         */
        Edge: {
            /** Origin */
            origin: string;
            /** Destination */
            destination: string;
        };
        /**
         * Entity
         * @description What the question was resolved to.
         */
        Entity: {
            /** Id */
            id: string;
            /**
             * Type
             * @enum {string}
             */
            type: "DATASET" | "JOB" | "DATASET_FIELD";
            /** Namespace */
            namespace: string;
            /** Name */
            name: string;
            /** Field */
            field: string | null;
        };
        /**
         * EventCounts
         * @description Events of one interval.
         */
        EventCounts: {
            /** Startinterval */
            startInterval: string;
            /** Endinterval */
            endInterval: string;
            /** Fail */
            fail: number;
            /** Start */
            start: number;
            /** Complete */
            complete: number;
            /** Abort */
            abort: number;
        };
        /**
         * EventWarning
         * @description What was accepted but not right, and where in the event.
         */
        EventWarning: {
            /** Code */
            code: string;
            /** Path */
            path: string;
            /** Message */
            message: string;
        };
        /**
         * Events
         * @description A page of events, each exactly as it came in.
         */
        Events: {
            /** Events */
            events: {
                [key: string]: unknown;
            }[];
            /** Totalcount */
            totalCount: number;
        };
        /**
         * FieldEdge
         * @description Two fields joined through a job (null: stated by the dataset itself), with how one became the other.
         */
        FieldEdge: {
            /** Origin */
            origin: string;
            /** Destination */
            destination: string;
            /** Job */
            job: string | null;
            /** Transformations */
            transformations: {
                [key: string]: unknown;
            }[];
        };
        /**
         * FieldOrder
         * @description A field of a dataset.
         */
        FieldOrder: {
            /** Name */
            name: string;
            /** Type */
            type?: string | null;
            /**
             * Tags
             * @default []
             */
            tags: string[];
            /** Description */
            description?: string | null;
        };
        /**
         * Graph
         * @description The neighbourhood of an entity.
         */
        Graph: {
            entity: components["schemas"]["Entity"];
            /**
             * Direction
             * @enum {string}
             */
            direction: "up" | "down" | "both";
            /** Depth */
            depth: number;
            /** Nodes */
            nodes: (components["schemas"]["DatasetNode"] | components["schemas"]["JobNode"])[];
            /** Edges */
            edges: components["schemas"]["GraphEdge"][];
            /** Fieldedges */
            fieldEdges: components["schemas"]["FieldEdge"][];
            /** Truncated */
            truncated: boolean;
            /** Truncatedreason */
            truncatedReason: string | null;
        };
        /**
         * GraphEdge
         * @description One step of data; `inferred` when nobody vouches for it: read out of SQL, or a job's inputs x outputs.
         */
        GraphEdge: {
            /** Origin */
            origin: string;
            /** Destination */
            destination: string;
            /** Inferred */
            inferred: boolean;
            /**
             * Source
             * @enum {string}
             */
            source: "lineage" | "columnLineage" | "sql" | "inputsOutputs";
            /** Lastseen */
            lastSeen: string | null;
        };
        /**
         * GraphField
         * @description One field of a dataset, nested fields as `a.b`.
         */
        GraphField: {
            /** Name */
            name: string;
            /** Type */
            type: string | null;
            /** Description */
            description: string | null;
        };
        /**
         * GraphPath
         * @description A shortest way from one entity to another, downstream; when there is none, whether the reverse exists.
         */
        GraphPath: {
            /** Found */
            found: boolean;
            from: components["schemas"]["Entity"];
            to: components["schemas"]["Entity"];
            /** Length */
            length: number | null;
            /** Nodes */
            nodes: (components["schemas"]["DatasetNode"] | components["schemas"]["JobNode"])[];
            /** Edges */
            edges: components["schemas"]["GraphEdge"][];
            /** Reverseexists */
            reverseExists: boolean | null;
            /** Truncated */
            truncated: boolean;
            /** Truncatedreason */
            truncatedReason: string | null;
        };
        /**
         * Health
         * @description Whether the server takes events, and how much it holds.
         */
        Health: {
            /**
             * Status
             * @description "ok", or "unavailable" while events cannot be kept
             */
            status: string;
            /** Version */
            version: string;
            /**
             * Reason
             * @description why events cannot be kept
             */
            reason: string | null;
            /** Events */
            events: number;
            /**
             * Events Not Folded
             * @description events that are in the log and not in the graph
             */
            events_not_folded: number;
            /** Datasets */
            datasets: number;
            /** Jobs */
            jobs: number;
            /** Runs */
            runs: number;
            /**
             * Waiting
             * @description events that wait for the disk
             */
            waiting: number;
            /**
             * Lag
             * @description seconds that the oldest waiting event has waited
             */
            lag: number;
        };
        /**
         * Impact
         * @description Everything downstream of an entity, nearest first.
         */
        Impact: {
            entity: components["schemas"]["Entity"];
            /** Datasets */
            datasets: components["schemas"]["ImpactDataset"][];
            /** Jobs */
            jobs: components["schemas"]["ImpactJob"][];
            /** Fields */
            fields: components["schemas"]["ImpactField"][];
            /** Truncated */
            truncated: boolean;
            /** Truncatedreason */
            truncatedReason: string | null;
        };
        /**
         * ImpactDataset
         * @description A dataset downstream of the entity; `inferred` when only inputs x outputs of some job lead there.
         */
        ImpactDataset: {
            /** Id */
            id: string;
            /** Namespace */
            namespace: string;
            /** Name */
            name: string;
            /** Distance */
            distance: number;
            /** Inferred */
            inferred: boolean;
        };
        /**
         * ImpactField
         * @description A field downstream of the entity; `direct` is false when every way to it only filters, joins or groups.
         */
        ImpactField: {
            /** Id */
            id: string;
            /** Namespace */
            namespace: string;
            /** Dataset */
            dataset: string;
            /** Field */
            field: string;
            /** Distance */
            distance: number;
            /** Direct */
            direct: boolean;
        };
        /**
         * ImpactJob
         * @description A job downstream of the entity; `inferred` as for datasets.
         */
        ImpactJob: {
            /** Id */
            id: string;
            /** Namespace */
            namespace: string;
            /** Name */
            name: string;
            /** Distance */
            distance: number;
            /** Inferred */
            inferred: boolean;
            /** Lastrunstate */
            lastRunState: ("NEW" | "RUNNING" | "COMPLETED" | "FAILED" | "ABORTED") | null;
        };
        /**
         * InlineTask
         * @description SQL read as if it were a pipeline of one step a statement.
         */
        InlineTask: {
            summary: components["schemas"]["Summary"];
            graphPipeline: components["schemas"]["Picture"];
            graphData: components["schemas"]["Picture"];
            sql: components["schemas"]["SqlLineage"];
        };
        /**
         * Job
         * @description A job.
         */
        Job: {
            id: components["schemas"]["Name"];
            /** Type */
            type: string;
            /** Name */
            name: string;
            /** Simplename */
            simpleName: string;
            /** Parentjobname */
            parentJobName: string | null;
            /** Parentjobuuid */
            parentJobUuid: string | null;
            /** Createdat */
            createdAt: string;
            /** Updatedat */
            updatedAt: string;
            /** Namespace */
            namespace: string;
            /** Inputs */
            inputs: components["schemas"]["Name"][];
            /** Outputs */
            outputs: components["schemas"]["Name"][];
            /** Location */
            location: string | null;
            /** Description */
            description: string | null;
            latestRun: components["schemas"]["Run"] | null;
            /** Latestruns */
            latestRuns: components["schemas"]["Run"][] | null;
            /** Facets */
            facets: {
                [key: string]: unknown;
            };
            /** Currentversion */
            currentVersion: string | null;
            /** Labels */
            labels: string[];
            /** Tags */
            tags: string[];
        };
        /**
         * JobDetail
         * @description A job; the last is ours: the job that starts it, by its full name.
         */
        JobDetail: {
            id: components["schemas"]["Name"];
            /** Type */
            type: string;
            /** Name */
            name: string;
            /** Simplename */
            simpleName: string;
            /** Parentjobname */
            parentJobName: string | null;
            /** Parentjobuuid */
            parentJobUuid: string | null;
            /** Createdat */
            createdAt: string;
            /** Updatedat */
            updatedAt: string;
            /** Namespace */
            namespace: string;
            /** Inputs */
            inputs: components["schemas"]["Name"][];
            /** Outputs */
            outputs: components["schemas"]["Name"][];
            /** Location */
            location: string | null;
            /** Description */
            description: string | null;
            latestRun: components["schemas"]["Run"] | null;
            /** Latestruns */
            latestRuns: components["schemas"]["Run"][] | null;
            /** Facets */
            facets: {
                [key: string]: unknown;
            };
            /** Currentversion */
            currentVersion: string | null;
            /** Labels */
            labels: string[];
            /** Tags */
            tags: string[];
            parent: components["schemas"]["Name"] | null;
        };
        /**
         * JobNode
         * @description A job in a graph; its distance is that of the datasets it leads to, seen from the start.
         */
        JobNode: {
            /** Id */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "JOB";
            /** Namespace */
            namespace: string;
            /** Name */
            name: string;
            /** Distance */
            distance: number;
            /** Lastrunstate */
            lastRunState: ("NEW" | "RUNNING" | "COMPLETED" | "FAILED" | "ABORTED") | null;
            parent: components["schemas"]["JobRef"] | null;
            /** Jobtype */
            jobType: {
                [key: string]: unknown;
            } | null;
            more: components["schemas"]["More"];
        };
        /**
         * JobOrder
         * @description PUT of a job.
         */
        JobOrder: {
            /**
             * Type
             * @default BATCH
             * @enum {string}
             */
            type: "BATCH" | "STREAM" | "SERVICE";
            /**
             * Inputs
             * @default []
             */
            inputs: components["schemas"]["NameOrder"][];
            /**
             * Outputs
             * @default []
             */
            outputs: components["schemas"]["NameOrder"][];
            /** Location */
            location?: string | null;
            /** Description */
            description?: string | null;
            /** Runid */
            runId?: string | null;
        };
        /**
         * JobRef
         * @description A job by name.
         */
        JobRef: {
            /** Namespace */
            namespace: string;
            /** Name */
            name: string;
        };
        /**
         * JobSummary
         * @description A job as the lineage graph shows it.
         */
        JobSummary: {
            id: components["schemas"]["Name"];
            /** Type */
            type: string;
            /** Name */
            name: string;
            /** Simplename */
            simpleName: string;
            /** Parentjobname */
            parentJobName: string | null;
            /** Parentjobuuid */
            parentJobUuid: string | null;
            /** Createdat */
            createdAt: string;
            /** Updatedat */
            updatedAt: string;
            /** Namespace */
            namespace: string;
            /** Inputs */
            inputs: components["schemas"]["Name"][];
            /** Outputs */
            outputs: components["schemas"]["Name"][];
            /** Location */
            location: string | null;
            /** Description */
            description: string | null;
            latestRun: components["schemas"]["Run"] | null;
        };
        /**
         * JobVersion
         * @description A job with one set of inputs, outputs and location.
         */
        JobVersion: {
            id: components["schemas"]["VersionName"];
            /** Name */
            name: string;
            /** Createdat */
            createdAt: string;
            /** Version */
            version: string;
            /** Namespace */
            namespace: string;
            /** Location */
            location: string | null;
            /** Inputs */
            inputs: components["schemas"]["Name"][];
            /** Outputs */
            outputs: components["schemas"]["Name"][];
            latestRun: components["schemas"]["Run"] | null;
        };
        /**
         * JobVersions
         * @description A page of job versions.
         */
        JobVersions: {
            /** Versions */
            versions: components["schemas"]["JobVersion"][];
        };
        /**
         * Jobs
         * @description A page of jobs.
         */
        Jobs: {
            /** Totalcount */
            totalCount: number;
            /** Jobs */
            jobs: components["schemas"]["Job"][];
        };
        /**
         * Lineage
         * @description A lineage graph, nodes sorted by id; the last two are ours.
         */
        Lineage: {
            /** Graph */
            graph: (components["schemas"]["LineageDatasetNode"] | components["schemas"]["LineageJobNode"])[];
            /** Truncated */
            truncated: boolean;
            /** Truncatedreason */
            truncatedReason: string | null;
        };
        /**
         * LineageDatasetNode
         * @description A dataset of the lineage graph.
         */
        LineageDatasetNode: {
            /** Id */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "DATASET";
            data: components["schemas"]["DatasetSummary"];
            /** Inedges */
            inEdges: components["schemas"]["Edge"][];
            /** Outedges */
            outEdges: components["schemas"]["Edge"][];
        };
        /**
         * LineageJobNode
         * @description A job of the lineage graph.
         */
        LineageJobNode: {
            /** Id */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "JOB";
            data: components["schemas"]["JobSummary"];
            /** Inedges */
            inEdges: components["schemas"]["Edge"][];
            /** Outedges */
            outEdges: components["schemas"]["Edge"][];
        };
        /**
         * More
         * @description How many neighbours of a node are not in this answer.
         */
        More: {
            /** Up */
            up: number;
            /** Down */
            down: number;
        };
        /**
         * Name
         * @description A namespace and a name.
         */
        Name: {
            /** Namespace */
            namespace: string;
            /** Name */
            name: string;
        };
        /**
         * NameOrder
         * @description A dataset by name.
         */
        NameOrder: {
            /** Namespace */
            namespace: string;
            /** Name */
            name: string;
        };
        /**
         * Namespace
         * @description A namespace.
         */
        Namespace: {
            /** Name */
            name: string;
            /** Createdat */
            createdAt: string;
            /** Updatedat */
            updatedAt: string;
            /** Ownername */
            ownerName: string;
            /** Description */
            description: string | null;
            /** Ishidden */
            isHidden: boolean;
        };
        /**
         * NamespaceOrder
         * @description PUT of a namespace.
         */
        NamespaceOrder: {
            /**
             * Ownername
             * @default anonymous
             */
            ownerName: string;
            /** Description */
            description?: string | null;
        };
        /**
         * Namespaces
         * @description A page of namespaces; `totalCount` is ours.
         */
        Namespaces: {
            /** Namespaces */
            namespaces: components["schemas"]["Namespace"][];
            /** Totalcount */
            totalCount: number;
        };
        /**
         * OpenSearchHits
         * @description Hits in the shape of Marquez's v2beta search.
         */
        OpenSearchHits: {
            /** Hits */
            hits: {
                [key: string]: unknown;
            }[];
            /** Highlights */
            highlights: {
                [key: string]: unknown;
            }[];
        };
        /**
         * ParentRun
         * @description The run that started a run.
         */
        ParentRun: {
            /** Id */
            id: string;
            job: components["schemas"]["Name"] | null;
        };
        /**
         * Picture
         * @description Nodes and edges, ready to be drawn.
         */
        Picture: {
            /** Nodes */
            nodes: components["schemas"]["PictureNode"][];
            /** Edges */
            edges: components["schemas"]["PictureEdge"][];
        };
        /**
         * PictureEdge
         * @description A step of data: into a process, out of it, or (between data) through it.
         */
        PictureEdge: {
            /** Source */
            source: string;
            /** Target */
            target: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "read" | "write" | "flow";
        };
        /**
         * PictureNode
         * @description A node of a picture: a process or its data.
         */
        PictureNode: {
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "process" | "data";
            /** Label */
            label: string;
        };
        /**
         * Problem
         * @description An error: what happened, where, and what would have been allowed.
         */
        Problem: {
            /** Code */
            code: number;
            /** Error */
            error: string;
            /** Message */
            message: string;
            /** Path */
            path: string | null;
            /** Details */
            details: {
                [key: string]: unknown;
            } | null;
        };
        /**
         * Run
         * @description A run.
         */
        Run: {
            /** Id */
            id: string;
            /** Createdat */
            createdAt: string;
            /** Updatedat */
            updatedAt: string;
            /** Nominalstarttime */
            nominalStartTime: string | null;
            /** Nominalendtime */
            nominalEndTime: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "NEW" | "RUNNING" | "COMPLETED" | "FAILED" | "ABORTED";
            /** Startedat */
            startedAt: string | null;
            /** Endedat */
            endedAt: string | null;
            /** Durationms */
            durationMs: number | null;
            /** Args */
            args: {
                [key: string]: unknown;
            };
            jobVersion: components["schemas"]["VersionName"] | null;
            /** Inputdatasetversions */
            inputDatasetVersions: components["schemas"]["DatasetVersionRef"][];
            /** Outputdatasetversions */
            outputDatasetVersions: components["schemas"]["DatasetVersionRef"][];
            /** Facets */
            facets: {
                [key: string]: unknown;
            };
        };
        /**
         * RunDetail
         * @description A run; the last three are ours: its job, its parent run, and its child runs (the first hundred).
         */
        RunDetail: {
            /** Id */
            id: string;
            /** Createdat */
            createdAt: string;
            /** Updatedat */
            updatedAt: string;
            /** Nominalstarttime */
            nominalStartTime: string | null;
            /** Nominalendtime */
            nominalEndTime: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "NEW" | "RUNNING" | "COMPLETED" | "FAILED" | "ABORTED";
            /** Startedat */
            startedAt: string | null;
            /** Endedat */
            endedAt: string | null;
            /** Durationms */
            durationMs: number | null;
            /** Args */
            args: {
                [key: string]: unknown;
            };
            jobVersion: components["schemas"]["VersionName"] | null;
            /** Inputdatasetversions */
            inputDatasetVersions: components["schemas"]["DatasetVersionRef"][];
            /** Outputdatasetversions */
            outputDatasetVersions: components["schemas"]["DatasetVersionRef"][];
            /** Facets */
            facets: {
                [key: string]: unknown;
            };
            job: components["schemas"]["Name"];
            parentRun: components["schemas"]["ParentRun"] | null;
            /** Childruns */
            childRuns: components["schemas"]["ChildRun"][];
        };
        /**
         * RunFacets
         * @description The facets of a run, or of its job as that run told them.
         */
        RunFacets: {
            /** Runid */
            runId: string;
            /** Facets */
            facets: {
                [key: string]: unknown;
            };
        };
        /**
         * RunOrder
         * @description POST of a run.
         */
        RunOrder: {
            /** Id */
            id?: string | null;
            /** Nominalstarttime */
            nominalStartTime?: string | null;
            /** Nominalendtime */
            nominalEndTime?: string | null;
            /**
             * Args
             * @default {}
             */
            args: {
                [key: string]: unknown;
            };
        };
        /**
         * Runs
         * @description A page of runs.
         */
        Runs: {
            /** Runs */
            runs: components["schemas"]["Run"][];
            /** Totalcount */
            totalCount: number;
        };
        /**
         * SearchHit
         * @description A dataset or a job whose name matches.
         */
        SearchHit: {
            /**
             * Type
             * @enum {string}
             */
            type: "DATASET" | "JOB";
            /** Name */
            name: string;
            /** Updatedat */
            updatedAt: string;
            /** Namespace */
            namespace: string;
            /** Nodeid */
            nodeId: string;
        };
        /**
         * SearchHits
         * @description A page of hits; `totalCount` counts all of them.
         */
        SearchHits: {
            /** Results */
            results: components["schemas"]["SearchHit"][];
            /** Totalcount */
            totalCount: number;
        };
        /**
         * Source
         * @description Where datasets live.
         */
        Source: {
            /** Type */
            type: string;
            /** Name */
            name: string;
            /** Createdat */
            createdAt: string;
            /** Updatedat */
            updatedAt: string;
            /** Connectionurl */
            connectionUrl: string;
            /** Description */
            description: string | null;
        };
        /**
         * SourceOrder
         * @description PUT of a source.
         */
        SourceOrder: {
            /** Type */
            type: string;
            /** Connectionurl */
            connectionUrl: string;
            /** Description */
            description?: string | null;
        };
        /**
         * Sources
         * @description A page of sources; `totalCount` is ours.
         */
        Sources: {
            /** Sources */
            sources: components["schemas"]["Source"][];
            /** Totalcount */
            totalCount: number;
        };
        /**
         * SqlColumn
         * @description A column of a table that is made or changed.
         */
        SqlColumn: {
            /** Name */
            name: string;
            /** Type */
            type: string | null;
        };
        /**
         * SqlField
         * @description A column that SQL gives; `table` is null for a bare query, `isWhole` false when a source could not be told.
         */
        SqlField: {
            /** Table */
            table: string | null;
            /** Name */
            name: string;
            /** Iswhole */
            isWhole: boolean;
            /** Sources */
            sources: components["schemas"]["SqlSource"][];
        };
        /**
         * SqlLineage
         * @description What a whole text does: together, with temporary tables taken out, and statement by statement.
         */
        SqlLineage: {
            /**
             * State
             * @enum {string}
             */
            state: "PARSED" | "PARTLY" | "UNKNOWN";
            /** Confidence */
            confidence: number;
            /** Inputs */
            inputs: components["schemas"]["SqlTable"][];
            /** Outputs */
            outputs: components["schemas"]["SqlTable"][];
            /** Sqldst */
            sqlDst: string | null;
            /** Sqlsources */
            sqlSources: string[];
            /** Fields */
            fields: components["schemas"]["SqlField"][];
            /** Statements */
            statements: components["schemas"]["SqlStatement"][];
            /** Notes */
            notes: components["schemas"]["SqlNote"][];
        };
        /**
         * SqlNote
         * @description What was not understood, where (line and column from 1, offsets from 0), and what may be missing for it.
         */
        SqlNote: {
            /** Statement */
            statement: number | null;
            /** Code */
            code: string;
            /** Message */
            message: string;
            /**
             * Hides
             * @enum {string}
             */
            hides: "tables" | "columns" | "";
            /** Start */
            start: number | null;
            /** End */
            end: number | null;
            /** Line */
            line: number | null;
            /** Column */
            column: number | null;
        };
        /**
         * SqlSource
         * @description A field that another comes from, in the words of OpenLineage; `*` is some column of a table not known.
         */
        SqlSource: {
            /** Table */
            table: string;
            /** Field */
            field: string;
            /**
             * Type
             * @enum {string}
             */
            type: "DIRECT" | "INDIRECT";
            /** Subtype */
            subtype: string;
            /** Masking */
            masking: boolean;
        };
        /**
         * SqlStatement
         * @description What one statement does. `fields` is null when its columns could not be told.
         */
        SqlStatement: {
            /** Statement */
            statement: number;
            /** Kind */
            kind: string;
            /**
             * State
             * @enum {string}
             */
            state: "PARSED" | "PARTLY" | "UNKNOWN";
            /** Confidence */
            confidence: number;
            /** Istemporary */
            isTemporary: boolean;
            /** Start */
            start: number | null;
            /** End */
            end: number | null;
            /** Line */
            line: number | null;
            /** Column */
            column: number | null;
            /** Inputs */
            inputs: components["schemas"]["SqlTable"][];
            /** Outputs */
            outputs: components["schemas"]["SqlTable"][];
            /** Sqldst */
            sqlDst: string | null;
            /** Sqlsources */
            sqlSources: string[];
            /** Fields */
            fields: components["schemas"]["SqlField"][] | null;
            /** Indirect */
            indirect: components["schemas"]["SqlSource"][];
            /** Columns */
            columns: components["schemas"]["SqlColumn"][] | null;
            /** Notes */
            notes: components["schemas"]["SqlNote"][];
        };
        /**
         * SqlTable
         * @description What SQL reads or writes: a table, a file, a stage, or a text that a template will fill.
         */
        SqlTable: {
            /** Fullname */
            fullName: string;
            /** Name */
            name: string;
            /** Schema */
            schema: string | null;
            /** Catalog */
            catalog: string | null;
            /**
             * Form
             * @enum {string}
             */
            form: "TABLE" | "PATH" | "STAGE" | "TEMPLATE" | "REMOTE";
        };
        /**
         * Step
         * @description A statement as a step of a pipeline; `run` is null, as nothing was run.
         */
        Step: {
            /** Id */
            id: string;
            /**
             * Type
             * @constant
             */
            type: "Sql";
            /** Inputs */
            inputs: components["schemas"]["StepData"][];
            /** Outputs */
            outputs: components["schemas"]["StepData"][];
            /** Run */
            run: null;
            /** Hassql */
            hasSql: boolean;
            /** Sqldst */
            sqlDst: string | null;
            /** Sqlsources */
            sqlSources: string[];
        };
        /**
         * StepData
         * @description What a step reads or writes.
         */
        StepData: {
            /** Uri */
            uri: string;
        };
        /**
         * StoredEvent
         * @description One event with what the server noted about it.
         */
        StoredEvent: {
            /** Id */
            id: string;
            /** Receivedat */
            receivedAt: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "run" | "job" | "dataset";
            /** Warnings */
            warnings: components["schemas"]["EventWarning"][];
            /** Folderror */
            foldError: string | null;
            /** Event */
            event: {
                [key: string]: unknown;
            };
        };
        /**
         * Summary
         * @description The steps of a pipeline.
         */
        Summary: {
            /** Pipeline */
            pipeline: string;
            /** Region */
            region: string | null;
            /** Steps */
            steps: components["schemas"]["Step"][];
        };
        /**
         * Tag
         * @description A tag.
         */
        Tag: {
            /** Name */
            name: string;
            /** Description */
            description: string | null;
        };
        /**
         * TagOrder
         * @description PUT of a tag.
         */
        TagOrder: {
            /** Description */
            description?: string | null;
        };
        /**
         * Tags
         * @description A page of tags.
         */
        Tags: {
            /** Tags */
            tags: components["schemas"]["Tag"][];
        };
        /**
         * UpstreamRun
         * @description A run that a run depends on.
         */
        UpstreamRun: {
            job: components["schemas"]["UpstreamRunJob"];
            run: components["schemas"]["UpstreamRunTimes"];
            /** Inputs */
            inputs: components["schemas"]["UpstreamRunInput"][];
        };
        /**
         * UpstreamRunInput
         * @description A dataset version that a run read; the last is null when no known run wrote it.
         */
        UpstreamRunInput: {
            /** Namespace */
            namespace: string;
            /** Name */
            name: string;
            /** Version */
            version: string | null;
            /** Producedbyrunid */
            producedByRunId: string | null;
        };
        /**
         * UpstreamRunJob
         * @description The job of a run in the chain.
         */
        UpstreamRunJob: {
            /** Namespace */
            namespace: string;
            /** Name */
            name: string;
            /** Version */
            version: string | null;
        };
        /**
         * UpstreamRunTimes
         * @description A run in the chain.
         */
        UpstreamRunTimes: {
            /** Id */
            id: string;
            /** Start */
            start: string | null;
            /** End */
            end: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "NEW" | "RUNNING" | "COMPLETED" | "FAILED" | "ABORTED";
        };
        /**
         * UpstreamRuns
         * @description The chain of runs behind a run; the last two are ours.
         */
        UpstreamRuns: {
            /** Runs */
            runs: components["schemas"]["UpstreamRun"][];
            /** Truncated */
            truncated: boolean;
            /** Truncatedreason */
            truncatedReason: string | null;
        };
        /**
         * VersionName
         * @description A namespace, a name and a version.
         */
        VersionName: {
            /** Namespace */
            namespace: string;
            /** Name */
            name: string;
            /** Version */
            version: string;
        };
        /**
         * WarnedEvent
         * @description An event that was kept with warnings; `about` is the node id of its job or dataset.
         */
        WarnedEvent: {
            /** Id */
            id: string;
            /** Receivedat */
            receivedAt: string;
            /** Eventtime */
            eventTime: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "run" | "job" | "dataset";
            /** About */
            about: string;
            /** Warnings */
            warnings: components["schemas"]["EventWarning"][];
            /** Folderror */
            foldError: string | null;
        };
        /**
         * WarnedEvents
         * @description Events kept with warnings, newest first.
         */
        WarnedEvents: {
            /** Events */
            events: components["schemas"]["WarnedEvent"][];
            /** Totalcount */
            totalCount: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    lineage_api_v1_lineage_get: {
        parameters: {
            query: {
                /** @description `dataset:<namespace>:<name>`, `job:<namespace>:<name>` or `datasetField:<namespace>:<name>:<field>`, perhaps with `#<version>`. Colons in names are fine. */
                nodeId: string;
                depth?: number;
                /** @description Most nodes to answer; the server's cap stands. */
                maxNodes?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lineage"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_event_api_v1_lineage_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    eventTime: string;
                    producer: string;
                    schemaURL?: string;
                    /** @description START, RUNNING, COMPLETE, ABORT, FAIL or OTHER */
                    eventType?: string;
                    run?: Record<string, never>;
                    job?: Record<string, never>;
                    dataset?: Record<string, never>;
                    inputs?: Record<string, never>[];
                    outputs?: Record<string, never>[];
                };
            };
        };
        responses: {
            /** @description The event is on disk and in the graph. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id?: string;
                        warnings?: {
                            code?: string;
                            path?: string;
                            message?: string;
                        }[];
                    };
                };
            };
            /** @description The body is no JSON document, or cannot be decompressed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The body or an event in it is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The Content-Encoding or charset is not known. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be kept as an event: what, where and what to do. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Nothing was kept: the disk or too many waiting events. Send again later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_batch_api_v1_lineage_batch_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    eventTime: string;
                    producer: string;
                    schemaURL?: string;
                    /** @description START, RUNNING, COMPLETE, ABORT, FAIL or OTHER */
                    eventType?: string;
                    run?: Record<string, never>;
                    job?: Record<string, never>;
                    dataset?: Record<string, never>;
                    inputs?: Record<string, never>[];
                    outputs?: Record<string, never>[];
                }[];
            };
        };
        responses: {
            /** @description Kept, but not all, or with warnings: see the body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "success" | "partial_success";
                        summary: {
                            received?: number;
                            successful?: number;
                            failed?: number;
                            retriable?: number;
                            non_retriable?: number;
                        };
                        failed_events?: {
                            index?: number;
                            reason?: string;
                            path?: string;
                            retriable?: boolean;
                        }[];
                        warnings?: {
                            index?: number;
                            id?: string;
                            warnings?: {
                                code?: string;
                                path?: string;
                                message?: string;
                            }[];
                        }[];
                    };
                };
            };
            /** @description All events are on disk and in the graph. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is no JSON document, or cannot be decompressed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The body or an event in it is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The Content-Encoding or charset is not known. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be kept as an event: what, where and what to do. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Nothing was kept: the disk or too many waiting events. Send again later. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health_health_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    metrics_metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
        };
    };
    graph_lineage_graph_get: {
        parameters: {
            query: {
                /** @description A node id, a dataset or job name, a file id `file::<path>@sha256:<hash>`, or a model id `model:<name>/<version>`. */
                entity: string;
                direction?: "up" | "down" | "both";
                depth?: number;
                /** @description Most nodes to answer; the server's cap stands. */
                maxNodes?: number | null;
                /** @description Also answer the field edges between the nodes. */
                fields?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Graph"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Ambiguous: the candidates are in `details`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    path_lineage_path_get: {
        parameters: {
            query: {
                /** @description A node id, a dataset or job name, a file id `file::<path>@sha256:<hash>`, or a model id `model:<name>/<version>`. */
                frm: string;
                /** @description A node id, a dataset or job name, a file id `file::<path>@sha256:<hash>`, or a model id `model:<name>/<version>`. */
                to: string;
                depth?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GraphPath"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Ambiguous: the candidates are in `details`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    impact_lineage_impact_get: {
        parameters: {
            query: {
                /** @description A node id, a dataset or job name, a file id `file::<path>@sha256:<hash>`, or a model id `model:<name>/<version>`. */
                entity: string;
                depth?: number;
                /** @description Most nodes to answer; the server's cap stands. */
                maxNodes?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Impact"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Ambiguous: the candidates are in `details`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    column_lineage_api_v1_column_lineage_get: {
        parameters: {
            query: {
                /** @description `dataset:<namespace>:<name>`, `job:<namespace>:<name>` or `datasetField:<namespace>:<name>:<field>`, perhaps with `#<version>`. Colons in names are fine. */
                nodeId: string;
                depth?: number;
                /** @description Also follow the fields downstream. */
                withDownstream?: boolean;
                /** @description Most nodes to answer; the server's cap stands. */
                maxNodes?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ColumnLineage"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    runlineage_upstream_api_v1_runlineage_upstream_get: {
        parameters: {
            query: {
                /** @description Run id, a UUID. */
                runId: string;
                depth?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpstreamRuns"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_namespaces_api_v1_namespaces_get: {
        parameters: {
            query?: {
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Namespaces"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_namespace_api_v1_namespaces__namespace__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Namespace"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_namespace_api_v1_namespaces__namespace__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamespaceOrder"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Namespace"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_namespace_api_v1_namespaces__namespace__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Namespace"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_sources_api_v1_sources_get: {
        parameters: {
            query?: {
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sources"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_source_api_v1_sources__source__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Source, percent-encoded. */
                source: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Source"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_source_api_v1_sources__source__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Source, percent-encoded. */
                source: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SourceOrder"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Source"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_datasets_api_v1_namespaces__namespace__datasets_get: {
        parameters: {
            query?: {
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Datasets"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_dataset_api_v1_namespaces__namespace__datasets__dataset__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Dataset name, percent-encoded. */
                dataset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetDetail"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_dataset_api_v1_namespaces__namespace__datasets__dataset__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Dataset name, percent-encoded. */
                dataset: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DatasetOrder"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_dataset_api_v1_namespaces__namespace__datasets__dataset__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Dataset name, percent-encoded. */
                dataset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_dataset_versions_api_v1_namespaces__namespace__datasets__dataset__versions_get: {
        parameters: {
            query?: {
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Dataset name, percent-encoded. */
                dataset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetVersions"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_dataset_version_api_v1_namespaces__namespace__datasets__dataset__versions__version__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Dataset name, percent-encoded. */
                dataset: string;
                /** @description Version, a UUID. */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetVersion"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_all_jobs_api_v1_jobs_get: {
        parameters: {
            query?: {
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
                /** @description Only jobs whose latest run is in one of these. */
                lastRunStates?: ("NEW" | "RUNNING" | "COMPLETED" | "FAILED" | "ABORTED")[] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Jobs"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_jobs_api_v1_namespaces__namespace__jobs_get: {
        parameters: {
            query?: {
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
                /** @description Only jobs whose latest run is in one of these. */
                lastRunStates?: ("NEW" | "RUNNING" | "COMPLETED" | "FAILED" | "ABORTED")[] | null;
            };
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Jobs"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_job_api_v1_namespaces__namespace__jobs__job__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Job name, percent-encoded. */
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDetail"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_job_api_v1_namespaces__namespace__jobs__job__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Job name, percent-encoded. */
                job: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobOrder"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_job_api_v1_namespaces__namespace__jobs__job__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Job name, percent-encoded. */
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_job_versions_api_v1_namespaces__namespace__jobs__job__versions_get: {
        parameters: {
            query?: {
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Job name, percent-encoded. */
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobVersions"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_job_version_api_v1_namespaces__namespace__jobs__job__versions__version__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Job name, percent-encoded. */
                job: string;
                /** @description Version, a UUID. */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobVersion"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_runs_api_v1_namespaces__namespace__jobs__job__runs_get: {
        parameters: {
            query?: {
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Job name, percent-encoded. */
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Runs"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_run_api_v1_namespaces__namespace__jobs__job__runs_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Job name, percent-encoded. */
                job: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunOrder"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_run_api_v1_jobs_runs__run_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Run id, a UUID. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunDetail"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_run_facets_api_v1_jobs_runs__run_id__facets_get: {
        parameters: {
            query: {
                /** @description Whose facets. */
                type: "run" | "job";
            };
            header?: never;
            path: {
                /** @description Run id, a UUID. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunFacets"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_run_api_v1_jobs_runs__run_id__start_post: {
        parameters: {
            query?: {
                /** @description When, ISO 8601 with a zone; now when absent. */
                at?: string | null;
            };
            header?: never;
            path: {
                /** @description Run id, a UUID. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    complete_run_api_v1_jobs_runs__run_id__complete_post: {
        parameters: {
            query?: {
                /** @description When, ISO 8601 with a zone; now when absent. */
                at?: string | null;
            };
            header?: never;
            path: {
                /** @description Run id, a UUID. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    fail_run_api_v1_jobs_runs__run_id__fail_post: {
        parameters: {
            query?: {
                /** @description When, ISO 8601 with a zone; now when absent. */
                at?: string | null;
            };
            header?: never;
            path: {
                /** @description Run id, a UUID. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    abort_run_api_v1_jobs_runs__run_id__abort_post: {
        parameters: {
            query?: {
                /** @description When, ISO 8601 with a zone; now when absent. */
                at?: string | null;
            };
            header?: never;
            path: {
                /** @description Run id, a UUID. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tags_api_v1_tags_get: {
        parameters: {
            query?: {
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tags"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_tag_api_v1_tags__tag__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Tag, percent-encoded. */
                tag: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TagOrder"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tag"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tag_dataset_api_v1_namespaces__namespace__datasets__dataset__tags__tag__post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Dataset name, percent-encoded. */
                dataset: string;
                /** @description Tag, percent-encoded. */
                tag: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    untag_dataset_api_v1_namespaces__namespace__datasets__dataset__tags__tag__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Dataset name, percent-encoded. */
                dataset: string;
                /** @description Tag, percent-encoded. */
                tag: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tag_field_api_v1_namespaces__namespace__datasets__dataset__fields__field__tags__tag__post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Dataset name, percent-encoded. */
                dataset: string;
                /** @description Field name, percent-encoded. */
                field: string;
                /** @description Tag, percent-encoded. */
                tag: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    untag_field_api_v1_namespaces__namespace__datasets__dataset__fields__field__tags__tag__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Dataset name, percent-encoded. */
                dataset: string;
                /** @description Field name, percent-encoded. */
                field: string;
                /** @description Tag, percent-encoded. */
                tag: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tag_job_api_v1_namespaces__namespace__jobs__job__tags__tag__post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Job name, percent-encoded. */
                job: string;
                /** @description Tag, percent-encoded. */
                tag: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    untag_job_api_v1_namespaces__namespace__jobs__job__tags__tag__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Namespace, percent-encoded. */
                namespace: string;
                /** @description Job name, percent-encoded. */
                job: string;
                /** @description Tag, percent-encoded. */
                tag: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search_api_v1_search_get: {
        parameters: {
            query: {
                /** @description Part of a name, any case. */
                q: string;
                /** @description Only datasets, only jobs. */
                filter?: ("DATASET" | "JOB" | "dataset" | "job") | null;
                sort?: "NAME" | "UPDATE_AT" | "name" | "update_at" | "updated_at" | "UPDATED_AT";
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
                /** @description Only this namespace. */
                namespace?: string | null;
                /** @description YYYY-MM-DD: updated before / after this day, UTC. */
                before?: string | null;
                /** @description YYYY-MM-DD: updated before / after this day, UTC. */
                after?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchHits"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search_jobs_api_v2beta_search_jobs_get: {
        parameters: {
            query: {
                /** @description Part of a name, any case. */
                q: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenSearchHits"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search_datasets_api_v2beta_search_datasets_get: {
        parameters: {
            query: {
                /** @description Part of a name, any case. */
                q: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenSearchHits"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lineage_events_api_v1_stats_lineage_events_get: {
        parameters: {
            query: {
                /** @description The last 24 hours by hour, or the last 7 days by day. */
                period: "DAY" | "WEEK";
                /** @description IANA time zone in which days begin. */
                timezone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventCounts"][];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    jobs_api_v1_stats_jobs_get: {
        parameters: {
            query: {
                /** @description The last 24 hours by hour, or the last 7 days by day. */
                period: "DAY" | "WEEK";
                /** @description IANA time zone in which days begin. */
                timezone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Count"][];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    datasets_api_v1_stats_datasets_get: {
        parameters: {
            query: {
                /** @description The last 24 hours by hour, or the last 7 days by day. */
                period: "DAY" | "WEEK";
                /** @description IANA time zone in which days begin. */
                timezone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Count"][];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sources_api_v1_stats_sources_get: {
        parameters: {
            query: {
                /** @description The last 24 hours by hour, or the last 7 days by day. */
                period: "DAY" | "WEEK";
                /** @description IANA time zone in which days begin. */
                timezone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Count"][];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_lineage_events_api_v1_events_lineage_get: {
        parameters: {
            query?: {
                /** @description ISO 8601; without a zone it is UTC. */
                before?: string | null;
                /** @description ISO 8601; without a zone it is UTC. */
                after?: string | null;
                sortDirection?: "asc" | "desc" | "ASC" | "DESC";
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Events"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_events_api_v1_events_get: {
        parameters: {
            query?: {
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Events"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_event_api_v1_events__key__get: {
        parameters: {
            query?: {
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path: {
                /** @description Event id, 40 hexadecimal digits; or a namespace. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredEvent"] | components["schemas"]["Events"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Unknown: near names are in `details`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_warnings_events_warnings_get: {
        parameters: {
            query?: {
                /** @description Page size. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WarnedEvents"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lineage_sql_lineage_post: {
        parameters: {
            query?: {
                /** @description athena, bigquery, clickhouse, databricks, doris, dremio, drill, druid, duckdb, dune, exasol, fabric, hive, materialize, mysql, oracle, postgres, presto, redshift, risingwave, snowflake, spark, spark2, sqlite, starrocks, tableau, teradata, trino, tsql; null: standard SQL. */
                dialect?: string | null;
                /** @description The database of names that have none. */
                defaultDb?: string | null;
                /** @description The schema of names that have none. */
                defaultSchema?: string | null;
                /** @description Whose conventions the answer keeps. */
                profile?: "default" | "sqllineage" | "openlineage" | "datahub" | "bytebase" | "macaw" | "sqlglot";
                /** @description One statement or many. */
                sql?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** Dialect */
                    dialect?: ("athena" | "bigquery" | "clickhouse" | "databricks" | "doris" | "dremio" | "drill" | "druid" | "duckdb" | "dune" | "exasol" | "fabric" | "hive" | "materialize" | "mysql" | "oracle" | "postgres" | "presto" | "redshift" | "risingwave" | "snowflake" | "spark" | "spark2" | "sqlite" | "starrocks" | "tableau" | "teradata" | "trino" | "tsql") | string | null;
                    /**
                     * Defaultdb
                     * @description The database of names that have none.
                     */
                    defaultDb?: string | null;
                    /**
                     * Defaultschema
                     * @description The schema of names that have none.
                     */
                    defaultSchema?: string | null;
                    /**
                     * Profile
                     * @description Whose conventions the answer keeps.
                     * @default default
                     * @enum {string}
                     */
                    profile?: "default" | "sqllineage" | "openlineage" | "datahub" | "bytebase" | "macaw" | "sqlglot";
                    /**
                     * Sql
                     * @description One statement or many.
                     */
                    sql: string;
                    /**
                     * Schema
                     * @description Columns of tables: names in order, or names with types.
                     * @default {}
                     */
                    schema?: {
                        [key: string]: string[] | {
                            [key: string]: string | null;
                        };
                    };
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SqlLineage"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The Content-Encoding or charset is not known. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    inline_tasks_sql_inline_post: {
        parameters: {
            query?: {
                /** @description athena, bigquery, clickhouse, databricks, doris, dremio, drill, druid, duckdb, dune, exasol, fabric, hive, materialize, mysql, oracle, postgres, presto, redshift, risingwave, snowflake, spark, spark2, sqlite, starrocks, tableau, teradata, trino, tsql; null: standard SQL. */
                dialect?: string | null;
                /** @description The database of names that have none. */
                defaultDb?: string | null;
                /** @description The schema of names that have none. */
                defaultSchema?: string | null;
                /** @description Whose conventions the answer keeps. */
                profile?: "default" | "sqllineage" | "openlineage" | "datahub" | "bytebase" | "macaw" | "sqlglot";
                /** @description One statement or many. */
                sql?: string | null;
                pipeline?: string | null;
                region?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** Dialect */
                    dialect?: ("athena" | "bigquery" | "clickhouse" | "databricks" | "doris" | "dremio" | "drill" | "druid" | "duckdb" | "dune" | "exasol" | "fabric" | "hive" | "materialize" | "mysql" | "oracle" | "postgres" | "presto" | "redshift" | "risingwave" | "snowflake" | "spark" | "spark2" | "sqlite" | "starrocks" | "tableau" | "teradata" | "trino" | "tsql") | string | null;
                    /**
                     * Defaultdb
                     * @description The database of names that have none.
                     */
                    defaultDb?: string | null;
                    /**
                     * Defaultschema
                     * @description The schema of names that have none.
                     */
                    defaultSchema?: string | null;
                    /**
                     * Profile
                     * @description Whose conventions the answer keeps.
                     * @default default
                     * @enum {string}
                     */
                    profile?: "default" | "sqllineage" | "openlineage" | "datahub" | "bytebase" | "macaw" | "sqlglot";
                    /**
                     * Sql
                     * @description One statement or many.
                     */
                    sql: string;
                    /**
                     * Schema
                     * @description Columns of tables: names in order, or names with types.
                     * @default {}
                     */
                    schema?: {
                        [key: string]: string[] | {
                            [key: string]: string | null;
                        };
                    };
                    /**
                     * Pipeline
                     * @default inline
                     */
                    pipeline?: string;
                    /** Region */
                    region?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InlineTask"];
                };
            };
            /** @description A parameter is wrong: which, and what is allowed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The Content-Encoding or charset is not known. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description The document cannot be used: what and where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
