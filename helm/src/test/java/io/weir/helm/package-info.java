/** Tests of the charts: linted, rendered, and every manifest read strictly. Nothing here talks to a cluster. */
package io.weir.helm;
